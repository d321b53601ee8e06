import importlib
import pkgutil

import orchard.tools

from .shared import mcp


def main():
    for _, name, is_package in pkgutil.walk_packages(orchard.tools.__path__, orchard.tools.__name__ + "."):
        if not is_package:
            module = importlib.import_module(name)
            if hasattr(module, "register"):
                module.register(mcp)
    mcp.run()
