package lantern;

import dev.langchain4j.agent.tool.Tool;

public class Assistant {
    @Tool("An agent's own tool")
    public String think(String about) {
        return about;
    }
}
