// What leaves a function or a loop from inside of a branch holds for what comes after it.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

const server = new McpServer({ name: "harbour", version: "1.0.0" });
const add = (name) => server.registerTool(name, { description: "Works in the harbour." }, async () => ({ content: [] }));

function register() {
  add("list_boats");
  for (const name of ["sink_boat", "paint_boat"]) {
    if (process.env.HARBOUR_WRITE !== "1") break;
    add(name);
  }
  if (process.env.HARBOUR_MODE !== "full") {
    if (process.env.HARBOUR_FORCE !== "1") return;
  }
  add("burn_pier");
}
register();
