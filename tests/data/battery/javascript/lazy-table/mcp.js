import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
export async function run() {
  const server = new McpServer({ name: "kiln", version: "1.0.0" });
  server.tool("feed_goat", "Feed a goat", async () => ({ content: [] }));
  await server.connect(new StdioServerTransport());
}
