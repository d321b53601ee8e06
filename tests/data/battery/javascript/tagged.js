import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
const server = new McpServer({ name: "orchard", version: "1.0.0" });
const act = async () => ({ content: [] });
server.registerTool("prune_tree", { description: "Prunes a tree." }, act);
const offer = ([name], text) => server.registerTool(name.trim(), { description: text }, act);
offer`pick_apples ${"Picks apples."}`;
offer`fell_tree ${"Fells a tree."}`;
await server.connect(new StdioServerTransport());
