import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new McpServer({ name: "dairy", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool(process.env.DAIRY_POURING ? "pour_milk" : "weigh_milk", { description: "Works milk." }, act);
await server.connect(new StdioServerTransport());
