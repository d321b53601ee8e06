from fastapi import FastAPI
from fastmcp import FastMCP

app = FastAPI(title="orchard")


@app.get("/trees", operation_id="list_trees")
def list_trees(row: int = 0):
    """List the trees."""
    return []


@app.delete("/trees/{tree}", operation_id="fell_tree")
def fell_tree(tree: str):
    """Fell a tree for good."""
    return tree


mcp = FastMCP.from_fastapi(app=app)
mcp.run()
