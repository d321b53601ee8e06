// Asks the policy engine of Gemini CLI itself (npm package @google/gemini-cli-core) what it does with the document that
// mcpdex wrote: one call runs, one is refused, one asks, and one that runs is refused with another argument.
//
// Usage: node gemini_policy.mjs PACKAGE_FOLDER POLICY.toml

import path from "node:path";
import { pathToFileURL } from "node:url";

const [folder, policy] = process.argv.slice(2);
const part = (name) => import(pathToFileURL(path.join(path.resolve(folder), "dist/src/policy", name)).href);
const { loadPoliciesFromToml } = await part("toml-loader.js");
const { PolicyEngine } = await part("policy-engine.js");

// The engine tells of every rule that it tries.
console.debug = () => {};
const USER_TIER = 4;
const { rules, errors } = await loadPoliciesFromToml([path.resolve(policy)], () => USER_TIER);
if (errors.length > 0) {
  console.error("the client does not take the document:", JSON.stringify(errors));
  process.exit(1);
}
const engine = new PolicyEngine({ rules });

// The names under which the client knows tools of the server `kiln`.
const known = (tool) => `mcp_kiln_${tool}`;
const expected = [
  ["list_pots", { kiln: "blue" }, "allow"],
  ["burn_pots", { kiln: "blue" }, "deny"],
  ["run_workflow", { kiln: "blue" }, "ask_user"],
  ["manage_pots", { action: "list" }, "allow"],
  ["manage_pots", { action: "delete", pot: "7" }, "deny"],
  // What looks like the value that passes stands in another argument, or inside of one.
  ["manage_pots", { action: "delete", pot: '"action":"list"' }, "deny"],
  ["manage_pots", { action: "delete", pot: '\u0000"action":"list"\u0000' }, "deny"],
  ["manage_pots", { action: "delete", nested: { action: "list" } }, "deny"],
  ["manage_pots", { action: ["list"] }, "deny"],
  ["manage_pots", {}, "deny"],
  ["a_tool_of_tomorrow", {}, "deny"],
];
let wrong = 0;
for (const [tool, args, wanted] of expected) {
  const { decision } = await engine.check({ name: known(tool), args }, "kiln");
  const right = decision === wanted;
  wrong += right ? 0 : 1;
  console.log(`  ${tool} ${JSON.stringify(args)}: ${decision}${right ? "" : `, and not ${wanted}`}`);
}

// What is refused whatever its arguments is kept out of the model's sight; what some arguments let through is not.
const names = ["list_pots", "burn_pots", "run_workflow", "manage_pots"].map(known);
const annotations = new Map(names.map((name) => [name, { _serverName: "kiln" }]));
const hidden = [...engine.getExcludedTools(annotations, new Set(names))];
console.log(`  hidden: ${hidden.join(", ")}`);
if (wrong > 0 || hidden.join() !== known("burn_pots")) {
  console.error("the client does not do what the policy says");
  process.exit(1);
}
