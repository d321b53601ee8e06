import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });

const tools = [
  { name: "get_row", write: false, description: "Get", inputSchema: { type: "object" } },
  { name: "set_row", write: true, description: "Set", inputSchema: { type: "object" } },
];
const visible = tools.filter((tool) => !tool.write || process.env.WRITABLE === "yes").map(({ write, ...tool }) => tool);
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: visible }));
