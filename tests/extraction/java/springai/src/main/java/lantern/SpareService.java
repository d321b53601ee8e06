package lantern;

import org.springframework.ai.tool.annotation.Tool;

@Service
public class SpareService {
    @Tool(description = "Nobody hands this to a provider")
    public String spare() {
        return "";
    }
}
