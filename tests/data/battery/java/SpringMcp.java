package example.tide;

import org.springaicommunity.mcp.annotation.McpTool;
import org.springaicommunity.mcp.annotation.McpToolParam;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.stereotype.Component;

@SpringBootApplication
public class SpringMcp {
    public static void main(String[] args) {
        SpringApplication.run(SpringMcp.class, args);
    }
}

@Component
class TideTools {
    @McpTool(name = "read_tide", description = "Reads the tide.", annotations = @McpTool.McpAnnotations(readOnlyHint = true))
    public String tide(@McpToolParam(description = "Which harbour", required = true) String harbour) {
        return "";
    }
}
