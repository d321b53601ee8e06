package example.barn;

import io.quarkiverse.mcp.server.Tool;
import io.quarkiverse.mcp.server.ToolArg;

public class QuarkusBarn {
    @Tool(description = "Counts the cows.")
    String countCows() {
        return "";
    }

    @Tool(name = "sell_cow", description = "Sells a cow.")
    String sell(@ToolArg(description = "Which cow") String cow) {
        return "";
    }
}
