import json
from pathlib import Path
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


def run_deed(tree: str) -> str:
    return tree


configured = Path.home() / ".orchard.json"
if configured.exists():
    for deed in json.loads(configured.read_text()):
        mcp.add_tool(run_deed, name=deed["name"], description=deed["text"])
mcp.run()
