from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


class Deed:
    def __init_subclass__(cls, **kwargs):
        super().__init_subclass__(**kwargs)
        mcp.add_tool(cls.call, name=cls.name)


class Felling(Deed):
    name = "fell_tree"

    @staticmethod
    def call(tree: str) -> str:
        """Fell a tree for good."""
        return tree


mcp.run()
