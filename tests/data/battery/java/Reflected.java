package example.silo;

import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;
import java.lang.reflect.Method;

public class Reflected {
    public static void main(String[] args) {
        var server = McpServer.sync(transport).build();
        server.addTool(new SyncToolSpecification(Tool.builder().name("silo_level").description("Tells the level.").build(), h));
        for (Method method : Verbs.class.getDeclaredMethods()) {
            server.addTool(new SyncToolSpecification(Tool.builder().name(method.getName()).build(), h));
        }
    }
}

class Verbs {
    static void emptySilo() {}
}
