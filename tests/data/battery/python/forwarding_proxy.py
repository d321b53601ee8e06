from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


class Guarded:
    def __init__(self, inner):
        self._inner = inner

    def __getattr__(self, name):
        return getattr(self._inner, name)


guarded = Guarded(mcp)


@guarded.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


mcp.run()
