import { McpServer } from "tmcp";
import { ValibotJsonSchemaAdapter } from "@tmcp/adapter-valibot";
import { StdioTransport } from "@tmcp/transport-stdio";
import * as v from "valibot";
const server = new McpServer({ name: "kiln", version: "1.0.0" }, { adapter: new ValibotJsonSchemaAdapter(), capabilities: { tools: {} } });
server.tool({ name: "weigh_clay", description: "Weigh clay", schema: v.object({ grams: v.pipe(v.number(), v.description("Grams")), note: v.optional(v.string()) }) }, async () => ({ content: [] }));
server.tool({ name: "wedge_clay", description: "Wedge clay" }, async () => ({ content: [] }));
new StdioTransport(server).listen();
