const { Server } = require("@modelcontextprotocol/sdk/server/index.js");
const { ListToolsRequestSchema } = require("@modelcontextprotocol/sdk/types.js");
const tools = [{ name: "light", description: "Light " + "it", inputSchema: { type: "object", properties: { lamp: { type: "string" } }, required: ["lamp"] } }];
const server = new Server({ name: "lantern" }, { capabilities: { tools: {} } });
server.setRequestHandler(ListToolsRequestSchema, async () => { if (process.env.X) return { tools: [] }; return { tools: [...tools, { name: ["a", "b"].join("_"), inputSchema: {} }] }; });
exports.main = function () { switch (1) { case 1: break; default: throw new Error("x"); } };
