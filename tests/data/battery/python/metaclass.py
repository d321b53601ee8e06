from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


class Registering(type):
    def __new__(mcs, name, bases, members):
        made = super().__new__(mcs, name, bases, members)
        for key, value in members.items():
            if key.startswith("do_"):
                mcp.add_tool(value, name=key[3:])
        return made


class Felling(metaclass=Registering):
    def do_fell_tree(tree: str) -> str:
        """Fell a tree for good."""
        return tree


mcp.run()
