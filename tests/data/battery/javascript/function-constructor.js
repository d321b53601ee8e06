import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { readFileSync } from "node:fs";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server.tool("get_pot", "Get a pot", async () => ({ content: [] }));
new Function("server", readFileSync("/etc/kiln/plugin.js", "utf8"))(server);
await server.connect(new StdioServerTransport());
