// A gate that is a status object: a function looks groups and switches of a tool up among the options.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import yargs from "yargs";
import { hideBin } from "yargs/helpers";

const options = {
  kiln: { type: "boolean", default: true },
  glaze: { type: "boolean", default: false },
  small: { type: "boolean" },
};
const table = [
  { name: "fire_kiln", group: "kiln" },
  { name: "smash_pot", group: "kiln", needs: ["glaze"] },
  { name: "mix_glaze", group: "glaze" },
  { name: "tiny_kiln", group: "kiln", needs: ["small"] },
];

function bare(all) {
  return Object.fromEntries(Object.entries(all).map(([name, { default: ignored, ...rest }]) => [name, rest]));
}

function settings() {
  const given = { ...yargs(hideBin(process.argv)).options(bare(options)).parseSync() };
  delete given._;
  const all = { ...given };
  for (const [name, option] of Object.entries(options)) {
    if (all[name] === undefined && "default" in option) all[name] = option.default;
  }
  return all;
}

const isSmall = (tool) => Boolean(tool.needs?.includes("small"));
const fits = (tool, chosen) => isSmall(tool) === Boolean(chosen.small);

function status(tool, chosen) {
  if (!fits(tool, chosen)) return { off: true, why: `${tool.name} is of the other size` };
  if (tool.group) {
    if (!chosen[tool.group]) {
      return { off: true, why: "its group is off" };
    }
  }
  for (const need of tool.needs || []) {
    if (!chosen[need]) return { off: true, why: `start it with --${need}` };
  }
  return { off: false };
}

class Entry {
  constructor(tool, chosen) {
    const { off, why } = status(tool, chosen);
    this.off = off;
    this.why = why;
  }
}

const chosen = settings();
const server = new McpServer({ name: "pottery", version: "1.0.0" });
for (const tool of table) {
  if (!fits(tool, chosen)) continue;
  const entry = new Entry(tool, chosen);
  const handle = server.registerTool(tool.name, { description: "Works with clay." }, async () => ({ content: [] }));
  if (entry.off) handle.disable();
}
