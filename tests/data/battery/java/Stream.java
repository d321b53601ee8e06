package example.hay;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.stream.Stream;

public class Stream {
    static SyncToolSpecification tool(String name) {
        return new SyncToolSpecification(Tool.builder().name(name).description("Works the hay.").build(), null, (e, a) -> null);
    }

    public static void main(String[] args) {
        var server = McpServer.sync(provider()).serverInfo("hay", "1").build();
        java.util.stream.Stream.of("stack_hay", "burn_hay").map(Stream::tool).forEach(server::addTool);
    }
}
