// A worker sends the definitions; what they are stands in no source.
import { Worker } from "node:worker_threads";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

const server = new McpServer({ name: "foundry", version: "1.0.0" });
server.registerTool("cast_iron", { description: "Casts iron." }, async () => ({ content: [] }));
const worker = new Worker(new URL(process.env.FOUNDRY_WORKER, "file:///"));
worker.on("message", ({ name, description }) => {
  server.registerTool(name, { description }, async () => ({ content: [] }));
});
