// A collection of its own kind: the loop runs over what its iterator yields.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

class Shelf {
  constructor(...names) {
    this.names = names;
  }
  *[Symbol.iterator]() {
    for (const name of this.names) yield { name, description: "Works on the shelf." };
  }
}

const server = new McpServer({ name: "shelf", version: "1.0.0" });
for (const tool of new Shelf("dust_shelf", "burn_shelf")) {
  server.registerTool(tool.name, { description: tool.description }, async () => ({ content: [] }));
}
