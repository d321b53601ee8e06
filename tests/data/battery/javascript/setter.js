import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "orchard", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("prune_tree", { description: "Prunes a tree." }, act);
const orchard = {
  set open(name) {
    server.registerTool(name, { description: "Works the orchard." }, act);
  },
};
orchard.open = "pick_apples";
orchard.open = "fell_tree";
await server.connect(new StdioServerTransport());
