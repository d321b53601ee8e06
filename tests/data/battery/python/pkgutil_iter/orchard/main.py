import importlib
import pkgutil

from . import tools
from .shared import mcp


def main():
    for found in pkgutil.iter_modules(tools.__path__):
        importlib.import_module(f"{tools.__name__}.{found.name}")
    mcp.run()
