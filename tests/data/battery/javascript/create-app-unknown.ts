import { createApp } from "@orchard/app-core";
import { z } from "zod";
const pickApple = { name: "pick_apple", description: "Pick an apple", inputSchema: z.object({ row: z.number() }), handler: async () => "ok" };
const countTrees = { name: "count_trees", description: "Count the trees", inputSchema: z.object({}), handler: async () => 3 };
createApp({ name: "orchard", tools: [pickApple, countTrees] }).start();
