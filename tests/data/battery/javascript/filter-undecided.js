import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { policy } from "@kiln/policy";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });

const tools = [
  { name: "look_inside", description: "Look inside", inputSchema: { type: "object" } },
  { name: "open_door", description: "Open the door", inputSchema: { type: "object" } },
];
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: tools.filter((tool) => policy.allows(tool.name)) }));
