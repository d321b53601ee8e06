package lantern;

import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.annotation.ToolParam;

@Service
public class LampService {
    @Tool(description = "Light a lamp")
    public String light(@ToolParam(description = "Which lamp") String lamp, ToolContext context) {
        return "";
    }

    @Tool(name = "count_lamps", description = "Count the lamps of rooms")
    public int count(String[] rooms, @ToolParam(required = false) boolean exact) {
        return 0;
    }
}
