from langchain_core.tools import tool
from langchain_mcp_adapters.tools import to_fastmcp
from mcp.server.fastmcp import FastMCP


@tool
def count_trees(row: int) -> int:
    """Count the trees of a row."""
    return 3


mcp = FastMCP("orchard", tools=[to_fastmcp(count_trees)])
mcp.run()
