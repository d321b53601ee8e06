import { z } from "zod";
import { type ToolMetadata, type InferSchema } from "xmcp";
export const schema = { tree: z.string().describe("Which tree") };
export const metadata: ToolMetadata = { name: "prune_tree", description: "Prune a tree", annotations: { destructiveHint: true } };
export default async function prune({ tree }: InferSchema<typeof schema>) { return tree; }
