import functools

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


@functools.lru_cache
def offer(deed):
    mcp.add_tool(deed)
    return deed


offer(weigh_milk)
list(map(functools.lru_cache(mcp.add_tool), [pour_milk]))


def main():
    mcp.run()
