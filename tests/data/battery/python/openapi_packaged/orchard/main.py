import json
from pathlib import Path

import httpx
from fastmcp import FastMCP

SPEC = json.loads((Path(__file__).parent / "orchard.json").read_text())


def main():
    FastMCP.from_openapi(SPEC, httpx.AsyncClient(), name="orchard").run()
