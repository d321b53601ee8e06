import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import * as z from "zod";
enum Names { Light = "light_lamp", Dim = "dim_lamp" }
interface Options<T> { about?: T; readonly page: number }
abstract class Base { abstract name: string; constructor(protected readonly server: McpServer) {} }
class Lamp extends Base { name = Names.Light as const; register(): void { this.server.registerTool(this.name, { description: "Light it", inputSchema: { a: z.union([z.string(), z.literal(1)]), b: z.record(z.string(), z.array(z.boolean())).optional() } }, async (x: unknown): Promise<any> => x!); } }
export default function create<T extends object>(options: Options<T> = { page: 1 } satisfies Options<T>) {
  const server = new McpServer({ name: "lantern", version: "1" });
  new Lamp(server).register();
  server.tool(Names.Dim, "Dims", { level: z.number().max(10).describe("Level") }, { readOnlyHint: false }, async () => ({ content: [] }));
  return server;
}
create();
