from mcp.server.fastmcp import FastMCP

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


def offers():
    while True:
        work = yield
        mcp.add_tool(work)


taker = offers()
next(taker)
taker.send(pick_apples)
taker.send(fell_tree)


def main():
    mcp.run()
