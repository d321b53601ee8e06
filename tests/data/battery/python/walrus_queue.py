"""Tools come out of a list that a loop empties."""
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("well")


def draw_water(litres: int) -> str:
    """Draws water."""
    return ""


def poison_well() -> str:
    """Poisons the well."""
    return ""


pending = [draw_water, poison_well]
while pending and (function := pending.pop()):
    mcp.add_tool(function)


def main():
    mcp.run()
