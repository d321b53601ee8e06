package example.garden;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ServiceLoader;

public class Loaded {
    public static void main(String[] args) {
        var server = McpServer.sync(transport).build();
        server.addTool(new SyncToolSpecification(Tool.builder().name("list_beds").description("Lists beds.").build(), h));
        for (Gardener gardener : ServiceLoader.load(Gardener.class)) {
            gardener.plant(server);
        }
    }
}

interface Gardener {
    void plant(McpSyncServer server);
}
