package example.barn;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.McpSyncServer;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.List;

public class Skipped {
    static void add(McpSyncServer server, String name) {
        if (name.equals("burn_hay")) {
            return;
        }
        server.addTool(new SyncToolSpecification(Tool.builder().name(name).description("Works in the barn.").build(), h));
    }

    static void guarded(McpSyncServer server) {
        try {
            if (!"1".equals(System.getenv("BARN_WRITE"))) {
                return;
            }
            add(server, "raze_barn");
        } finally {
            add(server, "barn_state");
        }
        add(server, "paint_barn");
    }

    public static void main(String[] args) {
        var server = McpServer.sync(transport).build();
        for (String name : List.of("count_hay", "burn_hay", "stack_hay")) {
            add(server, name);
        }
        for (String name : List.of("feed_cow", "sell_cow", "milk_cow")) {
            if ("sell_cow".equals(name)) continue;
            add(server, name);
        }
        rows:
        for (String part : List.of("door", "window")) {
            for (String deed : List.of("open_", "break_")) {
                if (deed.equals("break_") && part.equals("door")) continue rows;
                if (deed.equals("break_")) break rows;
                add(server, deed + part);
            }
        }
        for (String name : List.of("shear_sheep")) {
            if (Herd.isAway(name)) continue;
            add(server, name);
        }
        guarded(server);
    }
}
