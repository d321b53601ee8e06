import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

let store;
try {
  store = await import("@kiln/store");
  server.tool("save_pot", "Save", async () => ({ content: [] }));
} catch {
  server.tool("print_pot", "Print instead", async () => ({ content: [] }));
}
await server.connect(new StdioServerTransport());
