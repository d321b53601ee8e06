import { program } from "commander";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "kiln", version: "1.0.0" });

program.option("--mode <mode>", "what may be done", "safe").option("--allow-delete", "allow deletion").parse();
const options = program.opts();
server.tool("read_page", "Read", async () => ({ content: [] }));
if (options.mode === "full") server.tool("write_page", "Write", async () => ({ content: [] }));
if (options.allowDelete) server.tool("delete_page", "Delete", async () => ({ content: [] }));
await server.connect(new StdioServerTransport());
