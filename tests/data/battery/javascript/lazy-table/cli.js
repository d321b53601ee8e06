#!/usr/bin/env node
const table = {
  mcp: { summary: "serve", load: () => import("./mcp.js") },
  help: { summary: "help", load: () => import("./help.js") },
};
const chosen = table[process.argv[2]];
if (!chosen) { console.error("unknown command"); process.exit(1); }
const module = await chosen.load();
await module.run(process.argv.slice(3));
