import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "orchard", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("prune_tree", { description: "Prunes a tree." }, act);
const source = {
  async *[Symbol.asyncIterator]() {
    yield "pick_apples";
    yield "fell_tree";
  },
};
for await (const name of source) server.registerTool(name, { description: "Works the orchard." }, act);
await server.connect(new StdioServerTransport());
