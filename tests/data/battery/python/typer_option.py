import typer
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")

app = typer.Typer()


def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


@app.command()
def run(felling: bool = typer.Option(False, "--felling"), rows: int = 3):
    mcp.tool()(count_trees)
    if felling:
        mcp.tool()(fell_tree)
    mcp.run()


if __name__ == "__main__":
    app()
