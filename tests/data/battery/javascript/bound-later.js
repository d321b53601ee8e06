import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new McpServer({ name: "dairy", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("skim_milk", { description: "Skims milk." }, act);
const offer = server.registerTool.bind(server, "weigh_milk");
offer({ description: "Weighs milk." }, act);
Function.prototype.call.call(server.registerTool, server, "pour_milk", { description: "Pours it away." }, act);
await server.connect(new StdioServerTransport());
