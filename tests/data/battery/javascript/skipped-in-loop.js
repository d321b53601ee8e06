// Rounds that are passed over, loops and functions that are left early.
import { McpServer } from "@modelcontextprotocol/sdk/server/mcp.js";
import { policy } from "barn-policy";

const server = new McpServer({ name: "barn", version: "1.0.0" });

function add(name) {
  if (name === "burn_hay") return;
  server.registerTool(name, { description: "Works in the barn." }, async () => ({ content: [] }));
}

function register() {
  try {
    if (policy.closed()) return;
    add("raise_bridge");
  } finally {
    add("bridge_state");
  }
  add("paint_bridge");
}

for (const name of ["count_hay", "burn_hay", "stack_hay"]) add(name);
for (const name of ["feed_cow", "sell_cow", "milk_cow", "ride_cow"]) {
  if (name === "sell_cow") continue;
  if (name === "ride_cow") break;
  add(name);
}
for (const size of ["small", "large"]) {
  switch (size) {
    case "large":
      continue;
    case "small":
      add("grind_some");
    case "tiny":
      add("grind_few");
      break;
    default:
      add("grind_none");
  }
  add(`sieve_${size}`);
}
for (const name of ["shear_sheep"]) {
  if (policy.away(name)) continue;
  add(name);
}
register();
