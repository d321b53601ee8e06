from mcp.server.fastmcp import FastMCP
from pydantic_settings import BaseSettings


class Settings(BaseSettings):
    allow_felling: bool = False

    class Config:
        env_prefix = "ORCHARD_"


settings = Settings()
mcp = FastMCP("orchard")


@mcp.tool()
def count_trees() -> int:
    """Count the trees."""
    return 3


if settings.allow_felling:

    @mcp.tool()
    def fell_tree(tree: str) -> str:
        """Fell a tree for good."""
        return tree


mcp.run()
