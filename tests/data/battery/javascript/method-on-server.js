import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

function fluent(s) {
  s.once = (name, description, run) => s.registerTool(name, { description }, run);
  return s;
}
const server = fluent(new McpServer({ name: "kiln", version: "1.0.0" }));
server.once("glaze_pot", "Glaze one pot", async () => ({ content: [] }));
server.once("list_pots", "List the pots", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
