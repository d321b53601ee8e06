import { createMCPServer } from "mcp-use/server";
import { z } from "zod";
const server = createMCPServer("harbour", { version: "1.0.0" });
server.tool({ name: "open_lock", description: "Open the lock", schema: z.object({ gate: z.string() }) }, async () => ({ content: [] }));
server.tool({ name: "read_level", description: "Read the level", inputs: [{ name: "gate", type: "string", required: true }], cb: async () => ({ content: [] }) });
await server.listen(3000);
