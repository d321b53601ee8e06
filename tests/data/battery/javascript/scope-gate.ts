import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const TOOLS = [
  { name: "list_keys", scope: "read", description: "List" },
  { name: "rotate_key", scope: "admin", description: "Rotate" },
];
export function build(scopes: string[]) {
  const server = new McpServer({ name: "keys", version: "1.0.0" });
  for (const tool of TOOLS) {
    if (!scopes.includes(tool.scope)) continue;
    server.registerTool(tool.name, { description: tool.description }, async () => ({ content: [] }));
  }
  return server;
}
