package lantern;

import io.quarkiverse.mcp.server.McpLog;
import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolArg;
import java.util.Optional;

public class Lamps {
    @Tool(description = "Light a lamp", annotations = @Tool.Annotations(title = "Light", readOnlyHint = false))
    String light(@ToolArg(description = "Which lamp", name = "lamp_id") String lamp,
            @ToolArg(description = "How long", defaultValue = "30") int minutes, McpLog log) {
        return "";
    }

    @Tool(name = "find", title = "Find a lamp")
    String findLamp(Optional<String> room, @ToolArg(required = false) Long number) {
        return "";
    }

    @Tool(description = Elsewhere.ABOUT)
    String about() {
        return "";
    }
}
