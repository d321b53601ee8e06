import pathlib

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


source = pathlib.Path("/var/lib/orchard/tools.py").read_text()
exec(compile(source, "tools.py", "exec"), {"mcp": mcp})
mcp.run()
