package example.dairy;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.Map;

public class Consumer {
    public static void main(String[] args) {
        var server = McpServer.sync(provider()).serverInfo("dairy", "1").build();
        server.addTool(new SyncToolSpecification(Tool.builder().name("skim_milk").description("Works the dairy.").build(), (exchange, arguments) -> null));
        java.util.function.Consumer<SyncToolSpecification> add = server::addTool;
        add.accept(new SyncToolSpecification(Tool.builder().name("weigh_milk").description("Works the dairy.").build(), (exchange, arguments) -> null));
        Map.of("pour_milk", 1).forEach((name, n) -> add.andThen(x -> {}).accept(new SyncToolSpecification(Tool.builder().name(name).description("Works the dairy.").build(), (exchange, arguments) -> null)));
    }
}
