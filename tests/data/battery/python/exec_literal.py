from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


exec('@mcp.tool()\ndef fell_tree(tree: str) -> str:\n    """Fell a tree for good."""\n    return tree\n')
mcp.run()
