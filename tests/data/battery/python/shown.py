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


class Offer:
    def __init__(self, work):
        self.work = work

    def __format__(self, style):
        mcp.add_tool(self.work)
        return self.work.__name__


print(f"offers {Offer(pick_apples)} and {Offer(fell_tree)}")


def main():
    mcp.run()
