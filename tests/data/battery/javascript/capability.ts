import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { connect } from "@kiln/client";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const client = await connect(process.env.KILN_URL);
server.tool("status", "Status", async () => ({ content: [] }));
if (await client.may("fire")) server.tool("fire", "Fire", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
