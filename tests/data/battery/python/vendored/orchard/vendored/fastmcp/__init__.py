from .server import FastMCP

__all__ = ["FastMCP"]
