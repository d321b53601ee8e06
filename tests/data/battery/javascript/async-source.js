import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

async function* source() {
  yield { name: "first_step", description: "First" };
  yield* more();
}
function* more() { yield { name: "second_step", description: "Second" }; }
for await (const { name, description } of source()) server.tool(name, description, async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
