import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { z } from "zod";
import { lamp } from "./lamp.js";
const server = new McpServer({ name: "lantern", version: "1" });
const WICK = z.enum(["long", "short"]).describe("Which wick");
const text = `Light ${"a"} lamp`;
server.registerTool("light_lamp", { title: "Light", description: text, inputSchema: { wick: WICK.optional(), oil: z.object({ litres: z.number().min(0) }) }, annotations: { readOnlyHint: true } }, async ({ wick }) => ({ content: [] }));
server.tool("list_lamps", "Lists lamps", { page: z.number().int().default(1) }, () => {});
for (const [name, about] of Object.entries({ dim: "Dims", snuff: "Snuffs" })) server.tool(name, about, {}, async () => {});
class Lamp { static toolName = "polish"; get description() { return "Polish"; } register(s) { s.tool(Lamp.toolName, this.description, {}, () => {}); } }
new Lamp().register(server);
[1, 2].map((n) => ({ ...{ n } })).forEach((x) => x);
await server.connect(lamp);
