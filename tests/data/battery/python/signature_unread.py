"""A function is given a signature that a service decides."""
import inspect
import urllib.request

from mcp.server.fastmcp import FastMCP

mcp = FastMCP("post")
names = urllib.request.urlopen("https://post.invalid/fields").read().decode().split()


def send(**fields) -> str:
    """Sends a parcel."""
    return ""


send.__signature__ = inspect.Signature([inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY) for name in names])
mcp.tool()(send)


def main():
    mcp.run()
