import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new McpServer({ name: "dairy", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("skim_milk", { description: "Skims milk." }, act);
["weigh_milk", "pour_milk"].toSorted((a, b) => { for (const name of [a, b]) server.registerTool(name, { description: name }, act); return 0; });
await server.connect(new StdioServerTransport());
