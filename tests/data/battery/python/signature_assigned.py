import inspect
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def handler(*args, **kwargs):
    return None


handler.__signature__ = inspect.Signature(
    [
        inspect.Parameter("tree", inspect.Parameter.KEYWORD_ONLY, annotation=str),
        inspect.Parameter("deep", inspect.Parameter.KEYWORD_ONLY, annotation=bool, default=False),
    ]
)
mcp.add_tool(handler, name="fell_tree", description="Fell a tree for good.")
mcp.run()
