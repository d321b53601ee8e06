import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const sets: Record<string, [string, string][]> = {
  core: [["get_row", "Get a row"]],
  admin: [["drop_table", "Drop a table"], ["grant_role", "Grant a role"]],
};
const enabled = (process.env.TOOLSETS ?? "core").split(",").map((s) => s.trim());
for (const [set, tools] of Object.entries(sets)) {
  if (!enabled.includes(set)) continue;
  for (const [name, description] of tools) server.tool(name, description, async () => ({ content: [] }));
}
await server.connect(new StdioServerTransport());
