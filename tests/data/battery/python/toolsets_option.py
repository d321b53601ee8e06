import argparse
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


SETS = {"survey": [count_trees], "felling": [fell_tree]}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--toolsets", default="survey")
    wanted = parser.parse_args().toolsets.split(",")
    for name, functions in SETS.items():
        if name in wanted:
            for function in functions:
                mcp.add_tool(function)
    mcp.run()


if __name__ == "__main__":
    main()
