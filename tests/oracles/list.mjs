// Lists a server's tools with the official TypeScript SDK: `list.mjs stdio COMMAND…`, `list.mjs http URL`, `list.mjs sse URL`.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";
const load = (name) => import(pathToFileURL(createRequire(process.env.ORACLE_HOME + "/x.js").resolve(name)).href);
const { Client } = await load("@modelcontextprotocol/sdk/client/index.js");
const [kind, first, ...rest] = process.argv.slice(2);
const transport = async () => {
  if (kind === "stdio") {
    const { StdioClientTransport } = await load("@modelcontextprotocol/sdk/client/stdio.js");
    return new StdioClientTransport({ command: first, args: rest, env: process.env, stderr: "ignore" });
  }
  if (kind === "http") {
    const { StreamableHTTPClientTransport } = await load("@modelcontextprotocol/sdk/client/streamableHttp.js");
    return new StreamableHTTPClientTransport(new URL(first));
  }
  const { SSEClientTransport } = await load("@modelcontextprotocol/sdk/client/sse.js");
  return new SSEClientTransport(new URL(first));
};
const client = new Client({ name: "oracle", version: "0" }, { capabilities: {} });
await client.connect(await transport());
const tools = [];
let cursor;
do {
  const page = await client.listTools(cursor === undefined ? {} : { cursor });
  tools.push(...page.tools);
  cursor = page.nextCursor;
} while (cursor !== undefined);
process.stdout.write(JSON.stringify(tools));
await client.close();
process.exit(0);
