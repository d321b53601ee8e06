"""Rounds that are passed over, loops and functions that are left early."""
from mcp.server.fastmcp import FastMCP

import policy

mcp = FastMCP("barn")


def add(name: str) -> None:
    if name == "burn_hay":
        return

    def work() -> str:
        return name

    mcp.add_tool(work, name=name, description="Works in the barn.")


def register() -> None:
    try:
        if policy.closed():
            return
        add("raise_bridge")
    finally:
        add("bridge_state")
    add("paint_bridge")


for name in ("count_hay", "burn_hay", "stack_hay"):
    add(name)
for name in ("feed_cow", "sell_cow", "milk_cow", "ride_cow"):
    if name == "sell_cow":
        continue
    if name == "ride_cow":
        break
    add(name)
else:
    add("never_there")
for name in ("shear_sheep",):
    if policy.away(name):
        continue
    add(name)
register()
mcp.run()
