import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

function attach(server) {
  server.tool("read_page", "Read", async () => ({ content: [] }));
  if (!process.env.ADMIN) return;
  server.tool("wipe_pages", "Wipe", async () => ({ content: [] }));
}
const server = new McpServer({ name: "kiln", version: "1.0.0" });
attach(server);
await server.connect(new StdioServerTransport());
