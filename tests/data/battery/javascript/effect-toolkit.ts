import { McpServer, Tool, Toolkit } from "@effect/ai";
import { NodeRuntime, NodeSink, NodeStream } from "@effect/platform-node";
import { Effect, Layer, Logger, Schema } from "effect";
const ReadTide = Tool.make("ReadTide", { description: "Read the tide", parameters: { harbour: Schema.String }, success: Schema.Number });
const MoorBoat = Tool.make("MoorBoat", { description: "Moor a boat", parameters: { boat: Schema.String, berth: Schema.optional(Schema.Number) } });
const toolkit = Toolkit.make(ReadTide, MoorBoat);
const handlers = toolkit.toLayer({ ReadTide: () => Effect.succeed(3), MoorBoat: () => Effect.void });
const ServerLayer = McpServer.layerStdio({ name: "harbour", version: "1.0.0", stdin: NodeStream.stdin, stdout: NodeSink.stdout }).pipe(Layer.provide(McpServer.toolkit(toolkit).pipe(Layer.provide(handlers))));
Layer.launch(ServerLayer).pipe(NodeRuntime.runMain);
