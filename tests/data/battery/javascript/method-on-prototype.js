import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

McpServer.prototype.quick = function (name, description, run) {
  return this.registerTool(name, { description, inputSchema: {} }, run);
};
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server.quick("fire_kiln", "Fire the kiln", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
