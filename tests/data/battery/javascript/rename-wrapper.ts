import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

const plain = server.registerTool.bind(server);
server.registerTool = (name: string, options: object, run: any) => plain(`kiln_${name}`, options, run);
server.registerTool("open", { description: "Open" }, async () => ({ content: [] }));
server.registerTool("close", { description: "Close" }, async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
