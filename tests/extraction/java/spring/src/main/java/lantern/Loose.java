package lantern;

import org.springaicommunity.mcp.annotation.McpTool;

public class Loose {
    @McpTool(description = "No bean, and nobody makes one")
    public String lost() {
        return "";
    }
}
