from .manager import ToolManager


class FastMCP:
    def __init__(self, name):
        self.name = name
        self._tool_manager = ToolManager()

    def tool(self, name=None, description=None):
        def decorate(function):
            self._tool_manager.add(function, name, description)
            return function

        return decorate

    def run(self):
        from .transport import serve

        serve(self)
