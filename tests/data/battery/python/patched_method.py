from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")

plain = mcp.tool


def renaming(name=None, **options):
    return plain(name="orchard_" + (name or "deed"), **options)


mcp.tool = renaming


@mcp.tool(name="fell")
def fell(tree: str) -> str:
    """Fell a tree for good."""
    return tree


mcp.run()
