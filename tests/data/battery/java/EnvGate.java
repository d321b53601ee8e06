package example.well;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;

public class EnvGate {
    public static void main(String[] args) {
        var server = McpServer.sync(transport).build();
        server.addTool(new SyncToolSpecification(Tool.builder().name("well_depth").description("Tells how deep.").build(), h));
        if ("true".equals(System.getenv("WELL_ALLOW_FILL"))) {
            server.addTool(new SyncToolSpecification(Tool.builder().name("fill_well").description("Fills it up.").build(), h));
        }
        if (Boolean.getBoolean("well.drill")) {
            server.addTool(new SyncToolSpecification(Tool.builder().name("drill_well").description("Drills on.").build(), h));
        }
    }
}
