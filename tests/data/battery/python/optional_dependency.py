from mcp.server.fastmcp import FastMCP

try:
    import arborist

    HAS_ARBORIST = True
except ImportError:
    HAS_ARBORIST = False

mcp = FastMCP("orchard")

@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


if HAS_ARBORIST:

    @mcp.tool()
    def diagnose_tree(tree: str) -> str:
        """Say what ails a tree."""
        return arborist.diagnose(tree)


mcp.run()
