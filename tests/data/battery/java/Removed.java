package example.gate;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;

public class Removed {
    public static void main(String[] args) {
        var server = McpServer.sync(transport).build();
        server.addTool(new SyncToolSpecification(Tool.builder().name("gate_state").description("Tells the state.").build(), h));
        server.addTool(new SyncToolSpecification(Tool.builder().name("gate_open").description("Opens it.").build(), h));
        server.removeTool(args[0]);
    }
}
