// Tools stand on an object as properties that were defined one by one.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

const table = {};
for (const name of ["light_lamp", "smash_lamp"]) {
  Object.defineProperty(table, name, { enumerable: true, get: () => ({ description: "Works with a lamp." }) });
}
const server = new McpServer({ name: "lamps", version: "1.0.0" });
for (const name in table) {
  server.registerTool(name, table[name], async () => ({ content: [] }));
}
