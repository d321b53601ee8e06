package example.mill;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;

public class FallThrough {
    static void add(McpSyncServer server, String name) {
        server.addTool(new SyncToolSpecification(Tool.builder().name(name).description("Works the mill.").build(), h));
    }

    public static void main(String[] args) {
        var server = McpServer.sync(transport).build();
        switch (System.getenv("MILL_MODE")) {
            case "full":
                add(server, "stop_mill");
            case "slow":
                add(server, "slow_mill");
                break;
            default:
                add(server, "mill_speed");
        }
        for (String size : List.of("small", "large")) {
            switch (size) {
                case "large":
                    continue;
                case "small":
                    add(server, "grind_some");
                    break;
                default:
                    add(server, "grind_none");
            }
            add(server, "sieve_" + size);
        }
    }
}
