import functools
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Callable

from mcp.server.fastmcp import FastMCP
from mcp.server.fastmcp.tools.base import Tool
from mcp.types import ToolAnnotations


class Deed(Enum):
    COUNT_TREES = "count_trees"
    FELL_TREE = "fell_tree"


@dataclass
class Definition[Kind: Enum]:
    fn: Callable[..., Any]
    description: str
    kind: type[Kind]
    name: str | None = None
    annotations: ToolAnnotations | None = None

    def get_name(self) -> Kind:
        return self.kind((self.name or self.fn.__name__).lower())

    @functools.cached_property
    def tool(self) -> Tool:
        return Tool.from_function(
            fn=self.fn, name=self.name, description=self.description, annotations=self.annotations
        )

    def within(self, **given: Any) -> "Definition[Kind]":
        return replace(self, fn=bound(self.fn, **given))


def bound(fn, **given):
    @functools.wraps(fn)
    def inner(*args, **kwargs):
        return fn(*args, **kwargs, **given)

    return inner


def defines[Kind: Enum](*, description: str, kind: type[Kind], name: str | None = None, reads: bool = False):
    def decorate(fn: Callable) -> Definition[Kind]:
        return Definition(
            fn=fn, description=description, kind=kind, name=name, annotations=ToolAnnotations(readOnlyHint=reads)
        )

    return decorate


deed = functools.partial(defines, kind=Deed)


@deed(description="Count the trees.", reads=True)
def count_trees(row: int) -> int:
    return row


@deed(description="Fell a tree for good.", name="fell_tree")
def fell(tree: str) -> str:
    return tree


def register(server: FastMCP, definitions: list[Definition[Deed]]) -> None:
    for definition in definitions:
        tool = definition.tool
        server.add_tool(
            tool.fn, name=tool.name, description=tool.description, annotations=tool.annotations
        )


mcp = FastMCP("orchard")
register(mcp, [definition.within() for definition in (count_trees, fell)])
mcp.run()
