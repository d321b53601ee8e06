package lantern;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures;
import io.modelcontextprotocol.spec.McpSchema;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;
import java.util.Map;

public class Main {
    private static final String SCHEMA = """
            {
              "type": "object",
              "properties": {"lamp": {"type": "string", "description": "Which lamp"}},
              "required": ["lamp"]
            }
            """;

    private final Settings settings = new Settings("lamp_");

    public static void main(String[] args) {
        new Main().serve();
    }

    void serve() {
        var server = McpServer.sync(transport())
            .serverInfo("lanterns", "1.0.0")
            .toolCall(McpSchema.Tool.builder()
                .name(settings.prefix() + Names.LIGHT.text())
                .title("Light")
                .description(String.format("Light %s lamp", "one"))
                .inputSchema(mapper, SCHEMA)
                .annotations(new McpSchema.ToolAnnotations("Light it", null, true, null, false, null))
                .build(), (exchange, request) -> null)
            .build();
        server.addTool(new McpServerFeatures.SyncToolSpecification(new Tool("count", "Count lamps", schema()), this::count));
        server.addTool(dim());
        // server.addTool(new Specification(new Tool("commented", "Not there", SCHEMA), null));
        for (String name : List.of("open", "close")) {
            server.addTool(McpServerFeatures.SyncToolSpecification.builder()
                .tool(Tool.builder().name(name + "_shutter").inputSchema("{\"type\":\"object\"}").build())
                .callHandler((exchange, request) -> null)
                .build());
        }
        Tool forgotten = Tool.builder().name("forgotten").description("Never handed over").build();
        server.addTool(new McpServerFeatures.SyncToolSpecification(new Tool(System.getenv("NAME"), "No name", SCHEMA), null));
    }

    private McpServerFeatures.SyncToolSpecification dim() {
        var tool = new Tool("dim", System.getenv("ABOUT"), SCHEMA);
        return new McpServerFeatures.SyncToolSpecification(tool, null);
    }

    private void unused() {
        server.addTool(new McpServerFeatures.SyncToolSpecification(new Tool("unreached", "Nobody calls this", SCHEMA), null));
    }

    private McpSchema.JsonSchema schema() {
        return new McpSchema.JsonSchema("object",
            Map.of("room", Map.of("type", "string", "enum", List.of("hall", "attic"))), List.of("room"), false, null, null);
    }
}
