import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server.tool("get_pot", "Get a pot", async () => ({ content: [] }));
eval('server.tool("smash_pot", "Smash", async () => ({ content: [] }))');
await server.connect(new StdioServerTransport());
