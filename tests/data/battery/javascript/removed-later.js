import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });

const tools = new Map();
const add = (name, description) => tools.set(name, { name, description, inputSchema: { type: "object" } });
add("keep_me", "Stays");
add("drop_me", "Goes");
tools.delete("drop_me");
const extra = [{ name: "first", description: "First", inputSchema: { type: "object" } }, { name: "second", description: "Second", inputSchema: { type: "object" } }];
extra.splice(0, 1);
server.setRequestHandler(ListToolsRequestSchema, async () => ({ tools: [...tools.values(), ...extra] }));
