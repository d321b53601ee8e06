import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server.tool("read_page", "Read", async () => ({ content: [] }));
if (process.env.ALLOW_WRITE === "true") {
  server.tool("write_page", "Write", async () => ({ content: [] }));
}
process.env.ALLOW_DELETE && server.tool("delete_page", "Delete", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
