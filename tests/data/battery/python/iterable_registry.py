from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


class Registry:
    def __init__(self):
        self._functions = [count_trees, fell_tree]

    def __iter__(self):
        return iter(self._functions)


for function in Registry():
    mcp.tool()(function)
mcp.run()
