from fastmcp import FastMCP
from fastmcp.tools import tool


class Orchard:
    def __init__(self, ladder):
        self._ladder = ladder

    @tool(name="count_trees")
    def count(self, row: int) -> int:
        """Count the trees."""
        return self._walk(row)

    @tool
    def fell_tree(self, tree: str) -> str:
        """Fell a tree for good."""
        return tree

    def _walk(self, row):
        return row

    def climb(self, tree):
        return self._ladder


def register_marked(server, instance):
    for name in dir(instance):
        method = getattr(instance, name)
        if callable(method) and hasattr(method, "__fastmcp__"):
            server.add_tool(method)


mcp = FastMCP("orchard")
register_marked(mcp, Orchard("wooden"))
mcp.run()
