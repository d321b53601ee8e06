from fastmcp import FastMCP
from fastmcp.tools import Tool
from fastmcp.tools.tool_transform import ArgTransform

mcp = FastMCP("orchard")


@mcp.tool
def find(what: str, limit: int = 10) -> str:
    """Find anything."""
    return what


narrow = Tool.from_tool(
    find, name="find_tree", description="Find a tree.", transform_args={"what": ArgTransform(name="tree"), "limit": ArgTransform(hide=True)}
)
mcp.add_tool(narrow)
mcp.run()
