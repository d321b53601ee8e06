// The official TypeScript client lists the tools and calls each; it holds every answer against the tool's schema itself.
const { Client } = require('@modelcontextprotocol/sdk/client/index.js');
const { StdioClientTransport } = require('@modelcontextprotocol/sdk/client/stdio.js');
const { StreamableHTTPClientTransport } = require('@modelcontextprotocol/sdk/client/streamableHttp.js');

const CALLS = {
  get_tool: { name: 'purge_folder' },
  get_server: { name: 'example.sample/cabinet' },
  search_tools: { words: 'folder' },
  classify_tools: { tools: [{ name: 'wipe_disk', description: 'Wipes a disk for good.' }] },
  get_policy: { server: 'example.sample/cabinet' },
  check_client_configuration: { text: '{"mcpServers": {"a": {"command": "npx", "args": ["a"]}}}' },
  explain_verdict: { server: 'example.sample/cabinet', tool: 'purge_folder' },
};

async function main(how) {
  const env = { HOME: process.env.HOME, MCPDEX_DB: process.env.MCPDEX_DB };
  const transport = how.startsWith('http')
    ? new StreamableHTTPClientTransport(new URL(how))
    : new StdioClientTransport({ command: how, args: ['mcp'], env });
  const client = new Client({ name: 'test', version: '1' });
  await client.connect(transport);
  const { tools } = await client.listTools();
  const names = tools.map((tool) => tool.name).sort();
  if (names.join() !== Object.keys(CALLS).sort().join()) throw new Error(names.join());
  for (const [name, args] of Object.entries(CALLS)) {
    const result = await client.callTool({ name, arguments: args });
    if (result.isError || !result.structuredContent) throw new Error(`${name}: ${JSON.stringify(result)}`);
  }
  await client.close();
  console.log(`TypeScript client, ${how}: ${names.length} tools listed and called`);
}

main(process.argv[2]).then(() => process.exit(0), (error) => { console.error(error); process.exit(1); });
