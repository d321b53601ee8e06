import { FastMCP } from "fastmcp";
import { type } from "arktype";
const server = new FastMCP({ name: "weather", version: "1.0.0" });
server.addTool({ name: "read_gauge", description: "Read a rain gauge", parameters: type({ station: "string", "days?": "number" }), execute: async () => "0" });
server.start({ transportType: "stdio" });
