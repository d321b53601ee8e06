from ..shared import mcp

@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3

