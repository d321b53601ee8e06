"""A tool's method is put on a class by its name and registered by it."""
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("garden")


class Garden:
    pass


def dig_bed(self, depth: int) -> str:
    """Digs a bed."""
    return ""


def burn_leaves(self) -> str:
    """Burns the leaves."""
    return ""


for function in (dig_bed, burn_leaves):
    setattr(Garden, function.__name__, function)

garden = Garden()
for name in ("dig_bed", "burn_leaves"):
    mcp.tool()(getattr(garden, name))


def main():
    mcp.run()
