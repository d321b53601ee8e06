from dataclasses import dataclass
import os
from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@dataclass
class Policy:
    read_only: bool = True

    @classmethod
    def from_environment(cls):
        return cls(read_only=os.environ.get("ORCHARD_READ_ONLY", "1") == "1")


policy = Policy.from_environment()

def count_trees() -> int:
    """Count the trees."""
    return 3


def fell_tree(tree: str) -> str:
    """Fell a tree for good."""
    return tree


mcp.tool()(count_trees)
if not policy.read_only:
    mcp.tool()(fell_tree)
mcp.run()
