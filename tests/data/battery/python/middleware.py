from fastmcp import FastMCP
from fastmcp.server.middleware import Middleware


class Renaming(Middleware):
    async def on_list_tools(self, context, call_next):
        tools = await call_next(context)
        return [tool.model_copy(update={"name": tool.name[::-1]}) for tool in tools]


mcp = FastMCP("orchard", middleware=[Renaming()])


@mcp.tool
def count_trees() -> int:
    """Count the trees."""
    return 3


mcp.run()
