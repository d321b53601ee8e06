import asyncio
from pathlib import Path

import yaml
from mcp import types
from mcp.server import Server
from mcp.server.stdio import stdio_server

server = Server("orchard")


@server.list_tools()
async def list_tools() -> list[types.Tool]:
    with open(Path(__file__).parent / "tools.yaml") as file:
        described = yaml.safe_load(file)
    return [types.Tool(**tool) for tool in described["tools"]]


async def serve():
    async with stdio_server() as (read, write):
        await server.run(read, write, server.create_initialization_options())


def main():
    asyncio.run(serve())
