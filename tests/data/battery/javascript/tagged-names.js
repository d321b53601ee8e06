// Names come out of a tagged template and of a text that is taken apart.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

const under = (parts, ...values) => parts.raw.map((part, at) => part + (values[at] ?? "")).join("").replaceAll(" ", "_");
const server = new McpServer({ name: "fields", version: "1.0.0" });
for (const deed of "plough burn".split(" ")) {
  server.registerTool(under`${deed} field`, { description: "Works the field." }, async () => ({ content: [] }));
}
