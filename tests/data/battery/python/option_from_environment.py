import argparse
import os

from fastmcp import FastMCP

mcp = FastMCP("belfry")


def ring(bell: str) -> str:
    """Rings a bell."""


def toll(bell: str, times: int = 3) -> str:
    """Tolls a bell."""


TOOLS = {"ring": ring, "toll": toll}


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--tools", nargs="*", choices=sorted(TOOLS))
    args = parser.parse_args()
    if args.tools is None:
        chosen = os.getenv("BELFRY_TOOLS", "").strip()
        if chosen:
            args.tools = [name.strip() for name in chosen.split(",")]
    if args.tools is not None:
        names = args.tools
    else:
        names = TOOLS.keys()
    for name in names:
        mcp.add_tool(TOOLS[name])
    mcp.run()


if __name__ == "__main__":
    main()
