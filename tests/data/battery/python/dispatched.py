from mcp.server.fastmcp import FastMCP
from functools import singledispatch

mcp = FastMCP("orchard")


@mcp.tool()
def prune_tree(tree: str) -> str:
    """Prune a tree."""
    return tree


def pick_apples(tree: str) -> int:
    """Pick the apples of a tree."""
    return 1


def fell_tree(tree: str) -> str:
    """Fell a tree."""
    return tree


@singledispatch
def offer(work):
    return None


@offer.register(str)
def _(work):
    mcp.add_tool(globals()[work])


offer("pick_apples")
offer("fell_tree")


def main():
    mcp.run()
