import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

const raw = new McpServer({ name: "kiln", version: "1.0.0" });
const server = new Proxy(raw, { get: (target, key) => (key === "tool" ? (name, ...rest) => target.tool(`k_${name}`, ...rest) : target[key]) });
server.tool("get_pot", "Get a pot", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
