from fastmcp import FastMCP

mcp = FastMCP.as_proxy("https://orchard.example/mcp", name="orchard")
mcp.run()
