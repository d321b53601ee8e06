import operator

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


operator.methodcaller("add_tool", weigh_milk)(mcp)
for deed in (pour_milk,):
    operator.methodcaller("add_tool", deed)(mcp)


def main():
    mcp.run()
