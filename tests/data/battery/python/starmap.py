from itertools import starmap

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


list(starmap(mcp.add_tool, [(weigh_milk,)]))
for _ in starmap(mcp.add_tool, [(pour_milk, "pour_milk")]):
    pass


def main():
    mcp.run()
