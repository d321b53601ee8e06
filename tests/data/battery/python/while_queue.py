from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


waiting = [count_trees, fell_tree]
while waiting:
    mcp.tool()(waiting.pop(0))
mcp.run()
