from mcp.server.fastmcp import FastMCP
import threading

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


def offer():
    mcp.add_tool(pick_apples)
    mcp.add_tool(fell_tree)


threading.Timer(0, offer).start()


def main():
    mcp.run()
