import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

let i = 0;
while (i < 9000) { if (i === 8000) server.tool("rare", "Rare", async () => ({ content: [] })); i++; }
for (let n = 0; n < 6000; n++) { if (n === 5999) server.tool("last", "Last", async () => ({ content: [] })); }
const many = Array.from({ length: 12000 }, (_, at) => `t${at}`);
for (const name of many) if (name === "t11999") server.tool(name, "Far", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
