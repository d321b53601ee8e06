from arborist.marks import exposed
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


class Orchard:
    @exposed
    def count_trees(self, row: int) -> int:
        """Count the trees."""
        return row

    def paces(self, row: int) -> int:
        """Walk along a row."""
        return row


orchard = Orchard()
for name in dir(orchard):
    method = getattr(orchard, name)
    if hasattr(method, "_exposed"):
        mcp.add_tool(method)
mcp.run()
