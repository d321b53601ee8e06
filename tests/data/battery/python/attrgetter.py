from operator import attrgetter

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


add = attrgetter("add_tool")(mcp)
add(weigh_milk)
attrgetter("tool")(mcp)()(pour_milk)


def main():
    mcp.run()
