from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


class Orchard:
    def count_trees(self, row: int) -> int:
        """Count the trees of a row."""
        return 3

    def fell_tree(self, tree: str) -> str:
        """Fell a tree for good."""
        return tree


orchard = Orchard()
for name in ("count_trees", "fell_tree"):
    mcp.add_tool(getattr(orchard, name))
mcp.run()
