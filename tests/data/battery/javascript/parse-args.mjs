import { parseArgs } from "node:util";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const { values } = parseArgs({ options: { write: { type: "boolean", default: false }, "allow-delete": { type: "boolean" } } });
server.tool("read_page", "Read", async () => ({ content: [] }));
if (values.write) server.tool("write_page", "Write", async () => ({ content: [] }));
if (values["allow-delete"]) server.tool("delete_page", "Delete", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
