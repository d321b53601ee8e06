from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


def produce():
    yield count_trees
    yield fell_tree


for function in produce():
    mcp.tool()(function)
mcp.run()
