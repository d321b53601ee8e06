#!/usr/bin/env node
const { spawnSync } = require("node:child_process");
const path = require("node:path");
const binary = require.resolve(`anvil-mcp-${process.platform}-${process.arch}/bin/anvil`);
const done = spawnSync(binary, process.argv.slice(2), { stdio: "inherit" });
process.exit(done.status ?? 1);
