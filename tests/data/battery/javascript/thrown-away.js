import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

function guard(flag) { if (flag) throw new Error("no"); }
server.tool("get_pot", "Get a pot", async () => ({ content: [] }));
try { guard(globalThis.kilnFlag); server.tool("fire", "Fire", async () => ({ content: [] })); } catch (error) { console.error(error); }
await server.connect(new StdioServerTransport());
