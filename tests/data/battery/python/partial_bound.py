"""Functions that some arguments were given to before they were registered."""
from functools import partial

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("bakery")


def bake(oven: dict, loaf: str, count: int = 1) -> str:
    """Bakes a loaf."""
    return loaf


mcp.add_tool(partial(bake, {"hot": True}), name="bake_hot", description="Bakes in the hot oven.")
mcp.add_tool(partial(bake, {}, "rye"), name="bake_rye", description="Bakes a rye loaf.")


def main():
    mcp.run()
