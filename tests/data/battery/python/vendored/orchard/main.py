from .vendored.fastmcp import FastMCP

mcp = FastMCP("orchard")

@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


def main():
    mcp.run()
