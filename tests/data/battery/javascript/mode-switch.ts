import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const mode = process.env.MODE ?? "safe";
switch (mode) {
  case "full":
    server.tool("raze", "Raze", async () => ({ content: [] }));
  case "safe":
    server.tool("look", "Look", async () => ({ content: [] }));
    break;
  case "debug":
    server.tool("dump_state", "Dump", async () => ({ content: [] }));
}
await server.connect(new StdioServerTransport());
