package example.dairy;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.util.ServiceLoader;

public class Services {
    public static void main(String[] args) {
        var server = McpServer.sync(provider()).serverInfo("dairy", "1").build();
        server.addTool(new SyncToolSpecification(Tool.builder().name("skim_milk").description("Works the dairy.").build(), (exchange, arguments) -> null));
        server.addTool(new SyncToolSpecification(Tool.builder().name("weigh_milk").description("Works the dairy.").build(), (exchange, arguments) -> null));
        ServiceLoader.load(Deed.class).stream().map(ServiceLoader.Provider::get).forEach(deed -> server.addTool(deed.specification()));
    }
}
