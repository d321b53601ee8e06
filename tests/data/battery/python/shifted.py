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


class Orchard:
    def __rshift__(self, work):
        mcp.add_tool(work)
        return self


Orchard() >> pick_apples >> fell_tree


def main():
    mcp.run()
