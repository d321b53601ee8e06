from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def deed(function):
    function._deed = True
    return function


class Orchard:
    @deed
    def count_trees(self, row: int) -> int:
        """Count the trees."""
        return row

    def paces(self, row: int) -> int:
        """Walk along a row."""
        return row


orchard = Orchard()
for name in dir(orchard):
    method = getattr(orchard, name, None)
    if getattr(method, "_deed", False):
        mcp.tool()(method)
mcp.run()
