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


class Deeds(dict):
    def __missing__(self, name):
        mcp.add_tool(globals()[name])
        return None


deeds = Deeds()
deeds["weigh_milk"]
deeds["pour_milk"]


def main():
    mcp.run()
