from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")

REGISTRY = {}


def exposed(name):
    def mark(function):
        REGISTRY[name] = function
        return function

    return mark


@exposed("count_trees")
def count() -> int:
    """Count the trees."""
    return 3


@exposed("fell_tree")
def fell(tree: str) -> str:
    """Fell a tree for good."""
    return tree


for name, function in REGISTRY.items():
    mcp.tool(name=name)(function)
mcp.run()
