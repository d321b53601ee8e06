import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new McpServer({ name: "dairy", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("skim_milk", { description: "Skims milk." }, act);
const deeds = ["weigh_milk", "pour_milk"].values();
for (let next = deeds.next(); !next.done; next = deeds.next()) server.registerTool(next.value, { description: next.value }, act);
await server.connect(new StdioServerTransport());
