import asyncio

from mcp import types
from mcp.server.lowlevel import Server
from mcp.server.stdio import stdio_server


class Orchard:
    def __init__(self):
        self.server = Server("orchard")
        self.server.add_request_handler("tools/list", types.ListToolsRequest, self.on_list)

    async def on_list(self, context, params):
        return types.ListToolsResult(
            tools=[
                types.Tool(name="count_trees", description="Count the trees.", input_schema={"type": "object"}),
                types.Tool(name="fell_tree", description="Fell a tree for good.", input_schema={"type": "object"}),
            ]
        )

    async def run(self):
        async with stdio_server() as (read, write):
            await self.server.run(read, write)


asyncio.run(Orchard().run())
