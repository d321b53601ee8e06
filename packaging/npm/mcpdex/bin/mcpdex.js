#!/usr/bin/env node
// Starts the program that the package of this platform carries. Nothing is fetched when it is installed or started.
"use strict";
const { spawnSync } = require("node:child_process");

const name = `mcpdex-${process.platform}-${process.arch}`;
const file = process.platform === "win32" ? "mcpdex.exe" : "mcpdex";
let program;
try {
  program = require.resolve(`${name}/bin/${file}`);
} catch {
  console.error(
    `error: mcpdex has no program for ${process.platform} on ${process.arch} here: the package ${name} is not installed.\n` +
      "Install without --omit=optional, or build it from its source: cargo install --locked --path .",
  );
  process.exit(2);
}
const ended = spawnSync(program, process.argv.slice(2), { stdio: "inherit" });
if (ended.error) {
  console.error(`error: ${program} did not start: ${ended.error.message}`);
  process.exit(2);
}
// A program that a signal ended is told by that signal.
if (ended.signal) process.kill(process.pid, ended.signal);
else process.exit(ended.status);
