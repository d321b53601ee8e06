import httpx
from fastmcp import FastMCP

SPEC = {
    "openapi": "3.1.0",
    "info": {"title": "orchard", "version": "1"},
    "paths": {
        "/trees": {
            "get": {"operationId": "list_trees", "summary": "List the trees.", "responses": {"200": {"description": "ok"}}}
        },
        "/trees/{tree}": {
            "delete": {
                "operationId": "fell_tree",
                "summary": "Fell a tree for good.",
                "parameters": [{"name": "tree", "in": "path", "required": True, "schema": {"type": "string"}}],
                "responses": {"204": {"description": "felled"}},
            }
        },
    },
}

mcp = FastMCP.from_openapi(openapi_spec=SPEC, client=httpx.AsyncClient(base_url="https://orchard.example"))
mcp.run()
