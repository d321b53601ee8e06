import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server["to" + "ol"]("get_pot", "Get a pot", async () => ({ content: [] }));
const verb = globalThis.kilnVerb();
server[verb]("smash_pot", "Smash a pot", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
