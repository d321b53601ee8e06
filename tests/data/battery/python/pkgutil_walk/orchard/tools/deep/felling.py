def register(mcp):
    @mcp.tool()
    def fell_tree(tree: str) -> str:
        """Fell a tree for good."""
        return tree
