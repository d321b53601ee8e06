import fs from "node:fs";
import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });
const tools = JSON.parse(fs.readFileSync(new URL("./tools.json", import.meta.url), "utf8"));
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools }));
