from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def tool_count_trees() -> int:
    """Count the trees."""
    return 3


def tool_fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


for name, value in list(globals().items()):
    if name.startswith("tool_"):
        mcp.add_tool(value, name=name[5:])
mcp.run()
