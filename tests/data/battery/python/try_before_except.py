from mcp.server.fastmcp import FastMCP

NAMES = {"count": "count_trees"}

try:
    name = NAMES["count"]
    text = "Count the trees."
except KeyError:
    name = "fallback"
    text = "Nothing is known."

mcp = FastMCP("orchard")


@mcp.tool(name=name, description=text)
def count() -> int:
    return 3


mcp.run()
