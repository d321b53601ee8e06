package example.dairy;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;

public class StaticBlock {
    static final McpSyncServer SERVER = McpServer.sync(provider()).serverInfo("dairy", "1").build();

    static {
        SERVER.addTool(new SyncToolSpecification(Tool.builder().name("skim_milk").description("Works the dairy.").build(), (exchange, arguments) -> null));
        SERVER.addTool(new SyncToolSpecification(Tool.builder().name("weigh_milk").description("Works the dairy.").build(), (exchange, arguments) -> null));
    }

    {
        SERVER.addTool(new SyncToolSpecification(Tool.builder().name("pour_milk").description("Works the dairy.").build(), (exchange, arguments) -> null));
    }

    public static void main(String[] args) {
        new StaticBlock();
    }
}
