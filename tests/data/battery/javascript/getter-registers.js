import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

Object.defineProperty(server, "extras", { get() { this.tool("smash_pot", "Smash", async () => ({ content: [] })); return true; } });
server.tool("get_pot", "Get a pot", async () => ({ content: [] }));
if (server.extras) console.error("extras are on");
await server.connect(new StdioServerTransport());
