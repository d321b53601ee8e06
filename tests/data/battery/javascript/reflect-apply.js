import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server.tool("get_pot", "Get a pot", async () => ({ content: [] }));
Reflect.apply(server.tool, server, ["smash_pot", "Smash a pot", async () => ({ content: [] })]);
const bound = server.tool.bind(server, "mend_pot");
bound("Mend a pot", async () => ({ content: [] }));
server.tool.apply(server, ["sell_pot", "Sell a pot", async () => ({ content: [] })]);
await server.connect(new StdioServerTransport());
