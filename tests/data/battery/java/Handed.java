package example.silo;

import example.silo.gen.GeneratedTools;
import io.modelcontextprotocol.server.McpServer;
import io.modelcontextprotocol.server.McpServerFeatures.SyncToolSpecification;
import io.modelcontextprotocol.spec.McpSchema.Tool;

public class Handed {
    public static void main(String[] args) throws Exception {
        var server = McpServer.sync(transport).build();
        server.addTool(new SyncToolSpecification(Tool.builder().name("silo_level").description("Tells how full.").build(), h));
        GeneratedTools.registerAll(server);
        server.getClass().getMethod("addTool", SyncToolSpecification.class).invoke(server, made("empty_silo"));
    }
}
