import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });

const base = [
  { name: "sharpen", description: "Sharpen a blade", inputSchema: { type: "object", properties: {} } },
  { name: "hone", description: "Hone a blade", inputSchema: { type: "object", properties: {} } },
];
const tools = base.map((tool) => ({ ...tool, name: `smith.${tool.name}` }));
for (const tool of tools) tool.inputSchema.properties.forge = { type: "string" };
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools }));
