import { Server } from "@modelcontextprotocol/sdk/server/index.js";
import { ListToolsRequestSchema } from "@modelcontextprotocol/sdk/types.js";
import { Type } from "@sinclair/typebox";
const server = new Server({ name: "kiln", version: "1.0.0" }, { capabilities: { tools: {} } });

const Rope = Type.Object({ length: Type.Number({ description: "Metres" }), colour: Type.Optional(Type.String()) });
server.setRequestHandler(ListToolsRequestSchema, async () => ({
  tools: [{ name: "buy_rope", description: "Buy a rope", inputSchema: Rope }],
}));
