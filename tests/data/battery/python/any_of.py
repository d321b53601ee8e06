from mcp.server.fastmcp import FastMCP

mcp = FastMCP("dairy")


@mcp.tool()
def skim_milk(can: str) -> str:
    """Skim the milk of a can."""
    return can


def weigh_milk(can: str) -> int:
    """Weigh the milk of a can."""
    return 1


def pour_milk(can: str) -> str:
    """Pour the milk of a can away."""
    return can


any(mcp.add_tool(deed) for deed in (weigh_milk,))
sorted([pour_milk], key=mcp.add_tool)


def main():
    mcp.run()
