from mcp.server.fastmcp import FastMCP

mcp = FastMCP("dairy")


@mcp.tool()
def skim_milk(can: str) -> str:
    """Skim the milk of a can."""
    return can


def weigh_milk(can: str) -> int:
    """Weigh the milk of a can."""
    return 1


def pour_milk(can: str) -> str:
    """Pour the milk of a can away."""
    return can


class Deed:
    def __init__(self, function):
        self.function = function

    def __set_name__(self, owner, name):
        mcp.add_tool(self.function, name=name)


class Dairy:
    weigh_milk = Deed(weigh_milk)
    pour_milk = Deed(pour_milk)


def main():
    mcp.run()
