// Tools are registered by callbacks of timers, events and microtasks.
import { EventEmitter } from "node:events";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

const server = new McpServer({ name: "bells", version: "1.0.0" });
const add = (name) => server.registerTool(name, { description: "Rings." }, async () => ({ content: [] }));
const bus = new EventEmitter();
bus.once("ready", () => add("ring_bell"));
queueMicrotask(() => add("melt_bell"));
setTimeout(() => add("sell_bell"), 0);
process.nextTick(add, "hang_bell");
bus.emit("ready");
