import click
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


@click.command()
@click.option("--felling/--no-felling", default=False)
def main(felling):
    mcp.tool()(count_trees)
    if felling:
        mcp.tool()(fell_tree)
    mcp.run()


if __name__ == "__main__":
    main()
