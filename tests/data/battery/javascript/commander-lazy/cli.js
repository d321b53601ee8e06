#!/usr/bin/env node
import { Command } from "commander";
const program = new Command();
program.command("mcp").description("Serve over stdio").action(async () => { const { serve } = await import("./serve.js"); await serve(); });
program.command("version").action(() => console.log("1"));
await program.parseAsync(process.argv);
