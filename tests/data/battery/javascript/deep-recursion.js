import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const walk = (node) => { if (node.tool) server.tool(node.tool, "Deep", async () => ({ content: [] })); if (node.next) walk(node.next); };
let node = { tool: "deepest" };
for (let i = 0; i < 40; i++) node = { next: node };
walk(node);
server.tool("shallow", "Shallow", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
