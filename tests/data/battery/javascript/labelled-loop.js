// A labelled loop is left from inside of another one.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";

const server = new McpServer({ name: "barn", version: "1.0.0" });
const add = (name) => server.registerTool(name, { description: "Works in the barn." }, async () => ({ content: [] }));
outer: for (const part of ["hay", "straw"]) {
  for (const deed of ["count", "burn"]) {
    if (part === "straw" && deed === "burn") continue outer;
    add(`${deed}_${part}`);
  }
}
add("close_barn");
outer: for (const part of ["pig", "goat", "sheep"]) {
  for (const deed of ["sell", "feed", "wash"]) {
    if (part === "goat" && deed === "sell") continue outer;
    if (part === "sheep") break outer;
    add(`${deed}_${part}`);
  }
  add(`groom_${part}`);
}
