"""Lists a program's tools with the official Python SDK: `list.py COMMAND…`."""

import asyncio
import json
import os
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client


async def main():
    server = StdioServerParameters(command=sys.argv[1], args=sys.argv[2:], env=dict(os.environ))
    async with stdio_client(server, errlog=open(os.devnull, "w")) as (read, write):
        async with ClientSession(read, write) as session:
            await session.initialize()
            found = await session.list_tools()
            dumped = [tool.model_dump(mode="json", by_alias=True, exclude_none=True) for tool in found.tools]
            json.dump(dumped, sys.stdout)


asyncio.run(main())
