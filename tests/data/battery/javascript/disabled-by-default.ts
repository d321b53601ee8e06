import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const beta = server.registerTool("try_beta", { description: "Beta" }, async () => ({ content: [] }));
if (!process.env.BETA) beta.disable();
const old = server.registerTool("old_way", { description: "Old" }, async () => ({ content: [] }));
old.remove();
server.registerTool("usual", { description: "Usual" }, async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
