import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });

const danger = [{ name: "smelt", description: "Smelt", inputSchema: { type: "object" } }];
const config = { heavy: process.env.HEAVY === "1", light: process.env.LIGHT !== "0" };
const tools = [
  { name: "inspect", description: "Inspect", inputSchema: { type: "object" } },
  ...(config.heavy ? danger : []),
  ...(config.light && [{ name: "polish", description: "Polish", inputSchema: { type: "object" } }] || []),
];
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools }));
