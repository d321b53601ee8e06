import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server.tool("get_pot", "Get a pot", async () => ({ content: [] }));
const seek = (n) => { const at = Math.floor(Math.random() * n); if (at === 7) server.tool("found_" + at, "Found", async () => ({ content: [] })); else seek(n + 1); };
seek(1);
await server.connect(new StdioServerTransport());
