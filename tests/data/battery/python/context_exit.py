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


class Opening:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        mcp.add_tool(pour_milk)


with Opening():
    mcp.add_tool(weigh_milk)


def main():
    mcp.run()
