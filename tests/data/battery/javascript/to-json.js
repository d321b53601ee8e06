import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new McpServer({ name: "dairy", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("skim_milk", { description: "Skims milk." }, act);
const deed = { toJSON() { server.registerTool("pour_milk", { description: "Pours it." }, act); return {}; } };
server.registerTool("weigh_milk", { description: "Weighs milk." }, act);
JSON.stringify(deed);

await server.connect(new StdioServerTransport());
