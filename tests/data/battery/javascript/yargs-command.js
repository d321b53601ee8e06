import yargs from "yargs";
import { hideBin } from "yargs/helpers";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";

async function serve(argv) {
  const server = new McpServer({ name: "kiln", version: "1.0.0" });
  server.tool("stack_wood", "Stack wood", async () => ({ content: [] }));
  if (argv.burn) server.tool("burn_wood", "Burn wood", async () => ({ content: [] }));
  await server.connect(new StdioServerTransport());
}
await yargs(hideBin(process.argv))
  .command("mcp", "Serve", (y) => y.option("burn", { type: "boolean", default: false }), serve)
  .command("version", "Print", () => {}, () => console.log("1"))
  .parseAsync();
