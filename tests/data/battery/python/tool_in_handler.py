from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")

@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


try:
    import arborist

    @mcp.tool()
    def diagnose_tree(tree: str) -> str:
        """Say what ails a tree."""
        return arborist.diagnose(tree)

except ImportError:

    @mcp.tool()
    def guess_ailment(tree: str) -> str:
        """Guess what ails a tree."""
        return "canker"


mcp.run()
