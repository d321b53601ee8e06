from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


class Ladder:
    def climb(self):
        return 1

    height = 3


class Crane(Ladder):
    def lift(self):
        return 2


def count_trees() -> int:
    """Count the trees."""
    return 3


def lift_tree(tree: str) -> str:
    """Lift a tree out of the ground."""
    return tree


def dig_pond(at: str) -> str:
    """Dig a pond."""
    return at


for machine in (Ladder(), Crane()):
    if hasattr(machine, "dig"):
        mcp.add_tool(dig_pond)
    if hasattr(machine, "lift") and hasattr(machine, "height"):
        mcp.add_tool(lift_tree)
if hasattr(Crane, "climb"):
    mcp.add_tool(count_trees)
mcp.run()
