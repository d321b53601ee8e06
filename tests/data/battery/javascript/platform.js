import os from "node:os";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

server.tool("beep", "Beep", async () => ({ content: [] }));
if (process.platform === "darwin") server.tool("say", "Say", async () => ({ content: [] }));
if (os.platform() === "win32") server.tool("registry_set", "Set", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
