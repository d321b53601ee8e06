import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server.tool("now", "At once", async () => ({ content: [] }));
setTimeout(() => server.tool("soon", "A little later", async () => ({ content: [] })), 10);
process.nextTick(function () { server.tool("next", "Next", async () => ({ content: [] })); });
server.server.oninitialized = () => { server.tool("greeted", "After the handshake", async () => ({ content: [] })); };
await server.connect(new StdioServerTransport());
