import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { StdioServerTransport } from "@modelcontextprotocol/sdk/server/stdio.js";
import { z } from "zod";

abstract class Job {
  abstract name: string;
  abstract description: string;
  get schema() { return {}; }
  attach(server: McpServer) { server.tool(this.name, this.description, this.schema, async () => ({ content: [] })); }
}
class Sweep extends Job { name = "sweep_floor"; description = "Sweep the floor"; }
class Mop extends Job { name = "mop_floor"; description = "Mop the floor"; override get schema() { return { room: z.string() }; } }
const server = new McpServer({ name: "kiln", version: "1.0.0" });

[Sweep, Mop].map((J) => new J()).forEach((job) => job.attach(server));
await server.connect(new StdioServerTransport());
