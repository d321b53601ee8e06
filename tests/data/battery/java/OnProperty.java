package example.mill;

import org.springaicommunity.mcp.annotation.McpTool;
import org.springframework.boot.autoconfigure.condition.ConditionalOnProperty;
import org.springframework.context.annotation.Profile;
import org.springframework.stereotype.Component;

@Component
class MillReads {
    @McpTool(name = "mill_speed", description = "Tells how fast the mill turns.")
    public String speed() {
        return "";
    }
}

@Component
@ConditionalOnProperty(name = "mill.allow-stop", havingValue = "true")
class MillWrites {
    @McpTool(name = "mill_stop", description = "Stops the mill.")
    public String stop() {
        return "";
    }
}

@Component
@Profile("owner")
class MillOwner {
    @McpTool(name = "mill_sell", description = "Sells the mill.")
    public String sell() {
        return "";
    }
}
