package example.bell;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.server.transport.StdioServerTransportProvider;
import io.modelcontextprotocol.spec.McpSchema.Tool;

public class Builder {
    public static void main(String[] args) {
        var server = McpServer.sync(new StdioServerTransportProvider(mapper)).serverInfo("bell", "1").build();
        server.addTool(new SyncToolSpecification(
            Tool.builder().name("ring_bell").description("Rings the bell.").inputSchema("{\"type\":\"object\"}").build(),
            (exchange, arguments) -> ring()));
        server.addTool(SyncToolSpecification.builder()
            .tool(Tool.builder().name("bell_state").description("Tells whether the bell rings.").build())
            .callHandler((exchange, request) -> state())
            .build());
    }
}
