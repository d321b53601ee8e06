package example.hay;

import org.springframework.ai.tool.ToolCallbackProvider;
import org.springframework.ai.tool.annotation.Tool;
import org.springframework.ai.tool.method.MethodToolCallbackProvider;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;
import org.springframework.stereotype.Service;

@SpringBootApplication
public class SpringAi {
    public static void main(String[] args) {
        SpringApplication.run(SpringAi.class, args);
    }

    @Bean
    public ToolCallbackProvider tools(HayService hay) {
        return MethodToolCallbackProvider.builder().toolObjects(hay).build();
    }
}

@Service
class HayService {
    @Tool(description = "Lists the hay.")
    public String listHay() {
        return "";
    }

    @Tool(description = "Burns the hay.")
    public String burnHay(String stack) {
        return "";
    }
}
