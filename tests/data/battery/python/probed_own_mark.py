import functools
import inspect

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


def exposed(about):
    def mark(function):
        function.exposed_as = about
        return function

    return mark


def logged(function):
    @functools.wraps(function)
    def inner(*args, **kwargs):
        print(function.__name__)
        return function(*args, **kwargs)

    return inner


class Orchard:
    @exposed("Count the trees.")
    def count_trees(self, row: int) -> int:
        return self.paces(row)

    @logged
    @exposed("Fell a tree for good.")
    def fell_tree(self, tree: str) -> str:
        return tree

    @logged
    def sharpen(self, axe: str) -> str:
        return axe

    def paces(self, row: int) -> int:
        return row


orchard = Orchard()
for name, method in inspect.getmembers(orchard, predicate=lambda member: hasattr(member, "exposed_as")):
    mcp.add_tool(method, name=name, description=method.exposed_as)
mcp.run()
