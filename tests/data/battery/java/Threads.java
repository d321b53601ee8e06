package example.orchard;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;

public class Threads {
    static class Offer implements Runnable {
        private final McpSyncServer server;

        Offer(McpSyncServer server) {
            this.server = server;
        }

        public void run() {
            server.addTool(work("pick_apples"));
        }
    }

    public static void main(String[] args) {
        var server = McpServer.sync(provider()).serverInfo("orchard", "1").build();
        server.addTool(work("prune_tree"));
        new Thread(new Offer(server)).start();
        new Thread(new Runnable() {
            public void run() {
                server.addTool(work("fell_tree"));
            }
        }).start();
    }

    static SyncToolSpecification work(String name) {
        return new SyncToolSpecification(Tool.builder().name(name).description("Works the orchard.").build(), (exchange, arguments) -> null);
    }
}
