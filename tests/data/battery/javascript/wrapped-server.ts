import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { withPolicy } from "@kiln/policy";

const server = withPolicy(new McpServer({ name: "kiln", version: "1.0.0" }), { rename: true });
server.registerTool("get_pot", { description: "Get a pot" }, async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
