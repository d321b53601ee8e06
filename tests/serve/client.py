"""The official Python client lists the tools, calls each, and finds its answers in the schemas that the server gives."""
import asyncio
import sys

from mcp import ClientSession, StdioServerParameters
from mcp.client.stdio import stdio_client

CALLS = {
    "get_tool": {"name": "purge_folder"},
    "get_server": {"name": "example.sample/cabinet"},
    "search_tools": {"words": "folder"},
    "classify_tools": {"tools": [{"name": "wipe_disk", "description": "Wipes a disk for good."}]},
    "get_policy": {"server": "example.sample/cabinet"},
    "check_client_configuration": {"text": '{"mcpServers": {"a": {"command": "npx", "args": ["a"]}}}'},
    "explain_verdict": {"server": "example.sample/cabinet", "tool": "purge_folder"},
}


async def talk(read, write):
    async with ClientSession(read, write) as session:
        await session.initialize()
        listed = await session.list_tools()
        names = sorted(tool.name for tool in listed.tools)
        assert names == sorted(CALLS), names
        for name, arguments in CALLS.items():
            # The client holds the answer against the tool's schema.
            result = await session.call_tool(name, arguments)
            wrong = getattr(result, "isError", None) or getattr(result, "is_error", None)
            assert not wrong, (name, result)
        assert (await session.list_resources()).resources and (await session.list_prompts()).prompts
    print(f"Python client, {sys.argv[1]}: {len(names)} tools listed and called")


async def main(how):
    if how.startswith("http"):
        import mcp.client.streamable_http as http
        connect = getattr(http, "streamable_http_client", None) or http.streamablehttp_client
        async with connect(how) as streams:
            await talk(streams[0], streams[1])
    else:
        import os
        environment = {"HOME": os.environ["HOME"], "MCPDEX_DB": os.environ["MCPDEX_DB"]}
        async with stdio_client(StdioServerParameters(command=how, args=["mcp"], env=environment)) as (read, write):
            await talk(read, write)


asyncio.run(main(sys.argv[1]))
