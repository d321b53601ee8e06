package lantern;

import java.util.List;
import org.springaicommunity.mcp.annotation.McpTool;
import org.springaicommunity.mcp.annotation.McpToolParam;
import org.springframework.stereotype.Component;

@Component
public class LampTools {

    static final String PREFIX = "lamp-";

    @McpTool(name = PREFIX + "light", title = "Light", description = "Light a lamp. " + Words.HOT,
            annotations = @McpTool.McpAnnotations(title = "Light a lamp", readOnlyHint = false, destructiveHint = true))
    public String light(McpSyncRequestContext context,
            @McpToolParam(description = "Which lamp") String lampId,
            @McpToolParam(description = "How long", required = false) Integer minutes,
            List<Room> rooms) {
        return "";
    }

    /* @McpTool(description = "Not there") public void commented() {} */

    @McpTool(description = """
            List lamps,
              one per line.
            """)
    public List<String> listLamps(Colour colour, @Nullable Place place) {
        return List.of();
    }

    public enum Colour { AMBER, @JsonProperty("white!") WHITE }

    public record Place(String room, @JsonPropertyDescription("In metres") double height) {}
}
