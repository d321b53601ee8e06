from mcp.server.fastmcp import FastMCP


class Orchard:
    def __init__(self, mode: str = "safe"):
        self.mcp = FastMCP("orchard")
        self.mode = mode
        self.register()

    def register(self):
        @self.mcp.tool()
        def count_trees() -> int:
            """Count the trees."""
            return 3

        if self.mode == "full":

            @self.mcp.tool()
            def fell_tree(tree: str) -> str:
                """Fell a tree for good."""
                return tree


def main(mode: str = "safe"):
    Orchard(mode).mcp.run()


if __name__ == "__main__":
    main()
