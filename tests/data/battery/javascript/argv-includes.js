import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const full = process.argv.includes("--write");
const args = process.argv.slice(2);
server.tool("read_page", "Read", async () => ({ content: [] }));
if (full) server.tool("write_page", "Write", async () => ({ content: [] }));
if (args.some((a) => a === "--delete")) server.tool("delete_page", "Delete", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
