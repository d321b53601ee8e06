from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees(row: int, kind: str = "apple") -> int:
    """Count the trees of a row."""
    return 3


@mcp.tool(name="fell_tree", description="Fell one tree for good.")
def fell(tree: str) -> str:
    return tree


mcp.run()
