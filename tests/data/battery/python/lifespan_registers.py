from contextlib import asynccontextmanager

from mcp.server.fastmcp import FastMCP


@asynccontextmanager
async def lifespan(server):
    @server.tool()
    def count_trees() -> int:
        """Count the trees."""
        return 3

    yield {}


mcp = FastMCP("orchard", lifespan=lifespan)
mcp.run()
