import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const server = new McpServer({ name: "dairy", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("skim_milk", { description: "Skims milk." }, act);
{
  using _open = { [Symbol.dispose]() { server.registerTool("pour_milk", { description: "Pours it." }, act); } };
  server.registerTool("weigh_milk", { description: "Weighs milk." }, act);
}
await server.connect(new StdioServerTransport());
