import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new McpServer({ name: "dairy", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("skim_milk", { description: "Skims milk." }, act);
JSON.parse('{"weigh_milk": "Weighs milk.", "pour_milk": "Pours it."}', (name, text) => {
  if (name) server.registerTool(name, { description: text }, act);
  return text;
});
await server.connect(new StdioServerTransport());
