import copy
import dataclasses

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("orchard")


@dataclasses.dataclass(frozen=True)
class Deed:
    name: str
    about: str


plain = Deed("count_trees", "Count the trees.")
deeds = [plain, dataclasses.replace(plain, name="fell_tree", about="Fell a tree for good."), copy.replace(plain, name="weigh_trees")]


def work(tree: str) -> str:
    return tree


for one in deeds:
    mcp.add_tool(work, name=one.name, description=one.about)
mcp.run()
