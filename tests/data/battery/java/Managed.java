package example.shed;

import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolManager;
import io.quarkus.runtime.StartupEvent;
import jakarta.enterprise.event.Observes;
import jakarta.inject.Inject;

public class Managed {
    @Inject ToolManager tools;

    @Tool(description = "Lists the boxes.")
    String listBoxes() {
        return "";
    }

    void start(@Observes StartupEvent event) {
        tools.newTool("empty_box").setDescription("Empties a box.").setHandler(arguments -> null).register();
    }
}
