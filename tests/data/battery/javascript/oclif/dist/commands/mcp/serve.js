import { Command, Flags } from "@oclif/core";
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
export default class Serve extends Command {
  static description = "Serve over stdio";
  static flags = { verbose: Flags.boolean() };
  async run() {
    const { flags } = await this.parse(Serve);
    const server = new McpServer({ name: "kiln", version: "1.0.0" });
    server.tool("milk_cow", "Milk a cow", async () => ({ content: [] }));
    await server.connect(new StdioServerTransport());
  }
}
