from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


for number in range(100_000):
    if number == 99_999:
        mcp.add_tool(count_trees, name="fell_tree")
mcp.run()
