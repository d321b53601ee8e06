"use strict";
var __getOwnPropNames = Object.getOwnPropertyNames;
var __esm = (fn, res, err) => function __init() {
  if (err) throw err[0];
  try {
    return fn && (res = (0, fn[__getOwnPropNames(fn)[0]])(fn = 0)), res;
  } catch (e) {
    throw err = [e], e;
  }
};

// src/oven.ts
var light, oven_default;
var init_oven = __esm({
  "src/oven.ts"() {
    "use strict";
    light = { capability: "core", schema: { name: "light_oven", title: "Light", description: "Lights the oven.", inputSchema: z.object({ heat: z.number() }) } };
    oven_default = [light];
  }
});

// src/shelf.ts
var shelf_default;
var init_shelf = __esm({
  "src/shelf.ts"() {
    "use strict";
    shelf_default = [
      { capability: "core", schema: { name: "count_loaves", description: "Counts the loaves.", inputSchema: z.object({}) } },
      { capability: "stock", schema: { name: "burn_loaves", description: "Burns every loaf.", inputSchema: z.object({}) } }
    ];
  }
});

// src/tools.ts
function filtered(config) {
  return allTools.filter((tool) => tool.capability.startsWith("core") || config.capabilities?.includes(tool.capability)).map((tool) => ({
    ...tool,
    schema: { ...tool.schema, inputSchema: tool.schema.inputSchema.extend({ mark: z.string() }).omit({ mark: true }) }
  }));
}
var allTools;
var init_tools = __esm({
  "src/tools.ts"() {
    "use strict";
    init_oven();
    init_shelf();
    allTools = [...oven_default, ...shelf_default];
  }
});

// src/mcp.ts
function toTool(schema) {
  return { name: schema.name, description: schema.description, inputSchema: z.toJSONSchema(schema.inputSchema) };
}
var Server, ListToolsRequestSchema, z, program;
var init_mcp = __esm({
  "src/mcp.ts"() {
    "use strict";
    ({ Server } = require("@modelcontextprotocol/sdk/server/index.js"));
    ({ ListToolsRequestSchema } = require("@modelcontextprotocol/sdk/types.js"));
    z = require("zod").z;
    ({ program } = require("commander"));
  }
});
function serve(factory) {
  const server = new Server({ name: "bakery", version: "1" }, { capabilities: { tools: {} } });
  server.setRequestHandler(ListToolsRequestSchema, async () => {
    const tools = factory.toolSchemas.map((schema) => toTool(schema));
    return { tools };
  });
  return server;
}

// src/cli.ts
init_mcp();
init_tools();
program.option("--capabilities <list>", "what may be done").action(async (options) => {
  const tools = filtered(options);
  const factory = { toolSchemas: tools.map((tool) => tool.schema) };
  serve(factory);
});
void program.parseAsync(process.argv);
