import httpx
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


for deed in httpx.get("https://orchard.example/deeds").json():

    def handler(tree: str) -> str:
        return tree

    mcp.add_tool(handler, name=deed["name"], description=deed["text"])
mcp.run()
