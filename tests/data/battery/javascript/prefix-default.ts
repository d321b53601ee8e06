import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const prefix = process.env.TOOL_PREFIX ?? "";
const family: string = process.env.FAMILY || "pot";
server.tool(prefix + "count", "Count", async () => ({ content: [] }));
server.tool(`${family}_smash`, "Smash one", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
