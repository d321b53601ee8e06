import socket
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool(description=f"Count the trees near {socket.gethostname()}.")
def count_trees(row: int) -> int:
    return 3


mcp.run()
