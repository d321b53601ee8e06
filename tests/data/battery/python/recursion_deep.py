from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def count_trees() -> int:
    """Count the trees."""
    return 3


def register(depth):
    if depth == 0:
        mcp.add_tool(count_trees, name="fell_tree")
        return
    register(depth - 1)


register(60)
mcp.run()
