import os
import runpy
from pathlib import Path
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


for path in Path(os.environ.get("ORCHARD_PLUGINS", "/etc/orchard")).glob("*.py"):
    runpy.run_path(str(path), init_globals={"mcp": mcp})
mcp.run()
