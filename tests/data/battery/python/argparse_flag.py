import argparse

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--allow-felling", action="store_true")
    options = parser.parse_args()
    mcp.tool()(count_trees)
    if options.allow_felling:
        mcp.tool()(fell_tree)
    mcp.run()


if __name__ == "__main__":
    main()
