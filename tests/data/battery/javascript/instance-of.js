import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "orchard", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("prune_tree", { description: "Prunes a tree." }, act);
class Offer {
  static [Symbol.hasInstance](name) {
    server.registerTool(name, { description: "Works the orchard." }, act);
    return true;
  }
}
const all = ["pick_apples", "fell_tree"].filter((name) => name instanceof Offer);
console.error(all.length);
await server.connect(new StdioServerTransport());
