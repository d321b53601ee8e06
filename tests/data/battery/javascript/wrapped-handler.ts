import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { audited } from "@kiln/audit";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });

const tools = [{ name: "get_pot", description: "Get", inputSchema: { type: "object" } }];
server.setRequestHandler(ListToolsRequestSchema, audited(async () => ({ tools })));
