import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const readOnly = process.env.READ_ONLY === "true" || process.argv.includes("--read-only");
server.tool("get_row", "Get", async () => ({ content: [] }));
if (!readOnly) server.tool("set_row", "Set", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
