import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { select } from "@kiln/toolbox";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });

const tools = [
  { name: "rake_ash", description: "Rake the ash", inputSchema: { type: "object" } },
  { name: "dump_ash", description: "Dump the ash", inputSchema: { type: "object" } },
];
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: select(tools, process.env.PROFILE) }));
