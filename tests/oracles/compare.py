"""Compares what mcpdex and an SDK read from one server: `compare.py NAME MCPDEX.json ORACLE.json`."""

import json
import sys

FIELDS = ["name", "title", "description", "inputSchema", "outputSchema", "annotations"]


def without_nothing(value):
    """SDKs leave out what is null; an absent field and a null one say the same."""
    if isinstance(value, dict):
        return {key: without_nothing(item) for key, item in value.items() if item is not None}
    return [without_nothing(item) for item in value] if isinstance(value, list) else value


name, ours, oracle = sys.argv[1], json.load(open(sys.argv[2])), json.load(open(sys.argv[3]))
tools = ours["tools"]
wrong = []
if [tool["name"] for tool in tools] != [tool["name"] for tool in oracle]:
    wrong.append(f"names differ: {[t['name'] for t in tools]} and {[t['name'] for t in oracle]}")
for mine, theirs in zip(tools, oracle):
    raw = json.loads(mine["raw"])
    for field in FIELDS:
        expected = without_nothing(theirs.get(field))
        if without_nothing(raw.get(field)) != expected:
            wrong.append(f"{mine['name']}: {field} as it came is {raw.get(field)!r}, the SDK reads {expected!r}")
        # What is shown is what came, for the fields that the protocol names.
        shown = without_nothing(mine.get(field)) or None
        if field != "annotations" and shown != (expected or None):
            wrong.append(f"{mine['name']}: {field} is shown as {mine.get(field)!r}, the SDK reads {expected!r}")
    hints = without_nothing(theirs.get("annotations") or {})
    if any(hints.get(key) != value for key, value in without_nothing(mine["annotations"]).items()):
        wrong.append(f"{mine['name']}: annotations are {mine['annotations']!r}, the SDK reads {hints!r}")
odd = sum(len(tool.get("oddities", [])) for tool in tools)
print(f"{'DIFFERS' if wrong else 'equal'}: {name}: {len(tools)} tools, {ours['transport']} {ours['revision']}, {odd} oddities")
for line in wrong[:5]:
    print("   ", line[:300])
sys.exit(1 if wrong or not tools else 0)
