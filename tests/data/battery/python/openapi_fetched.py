import httpx
from fastmcp import FastMCP

spec = httpx.get("https://orchard.example/openapi.json").json()
mcp = FastMCP.from_openapi(openapi_spec=spec, client=httpx.AsyncClient())
mcp.run()
