"""A wrapper takes a parameter away from the function that it wraps, and brings those of what makes its value."""
import inspect
from enum import Enum, auto
from functools import wraps

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("bakery")


class Mark(Enum):
    HIDE = auto()


HIDE = Mark.HIDE


def typed(function):
    found = inspect.signature(function)
    kept = [one.replace(annotation=one.annotation) for one in found.parameters.values()]
    return found.replace(parameters=kept, return_annotation=found.return_annotation)


def given(function, /, **makers):
    own = typed(function)
    hidden = {name for name, maker in makers.items() if maker is HIDE}
    for name in hidden:
        if own.parameters[name].default is inspect.Parameter.empty:
            raise TypeError(name)
    brought = {}
    for maker in makers.values():
        if maker is HIDE:
            continue
        for name, one in typed(maker).parameters.items():
            if name in brought and brought[name] != one:
                raise TypeError(name)
            brought[name] = one
    left = [one for name, one in own.parameters.items() if name not in makers and name not in brought]

    @wraps(function)
    def wrapper(*args, **kwargs):
        return function(*args, **kwargs)

    wrapper.__signature__ = own.replace(parameters=[*brought.values(), *left])
    return wrapper


def find_oven(street: str) -> dict:
    return {"street": street}


def bake(oven: dict, loaf: str, note: str = "") -> str:
    """Bakes a loaf."""
    return loaf


mcp.add_tool(given(bake, oven=find_oven, note=HIDE))


def main():
    mcp.run()
