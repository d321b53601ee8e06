from fastmcp import FastMCP
from fastmcp.contrib.mcp_mixin import MCPMixin, mcp_tool


class Orchard(MCPMixin):
    @mcp_tool(name="count_trees", description="Count the trees.")
    def count(self, row: int):
        return 3

    @mcp_tool()
    def fell_tree(self, tree: str):
        """Fell a tree for good."""
        return tree


mcp = FastMCP("orchard")
Orchard().register_all(mcp_server=mcp, prefix="north")
mcp.run()
