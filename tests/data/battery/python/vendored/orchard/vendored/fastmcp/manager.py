class ToolManager:
    def __init__(self):
        self._tools = {}

    def add(self, function, name, description):
        self._tools[name or function.__name__] = (function, description)
