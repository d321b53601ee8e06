from fastmcp import FastMCP

mcp = FastMCP("orchard")

@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


@mcp.tool()
def ring_bell() -> str:
    """Ring the orchard's bell."""
    return "rung"


mcp.remove_tool("ring_bell")
mcp.run()
