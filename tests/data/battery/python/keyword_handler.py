from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def handler(**fields):
    """Change a tree."""
    return fields


mcp.add_tool(handler, name="change_tree")
mcp.run()
