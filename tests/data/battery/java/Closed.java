package example.orchard;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;

public class Closed {
    record Offer(McpSyncServer server, String name) implements AutoCloseable {
        @Override
        public void close() {
            server.addTool(work(name));
        }
    }

    public static void main(String[] args) {
        var server = McpServer.sync(provider()).serverInfo("orchard", "1").build();
        server.addTool(work("prune_tree"));
        try (var one = new Offer(server, "pick_apples"); var two = new Offer(server, "fell_tree")) {
            System.err.println("open");
        }
    }

    static SyncToolSpecification work(String name) {
        return new SyncToolSpecification(Tool.builder().name(name).description("Works the orchard.").build(), (exchange, arguments) -> null);
    }
}
