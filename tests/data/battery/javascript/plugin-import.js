import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server.tool("get_pot", "Get a pot", async () => ({ content: [] }));
for (const name of (process.env.PLUGINS ?? "").split(",").filter(Boolean)) {
  const plugin = await import(name);
  plugin.register(server);
}
if (process.env.EXTRA) (await import(process.env.EXTRA)).default(server);
await server.connect(new StdioServerTransport());
