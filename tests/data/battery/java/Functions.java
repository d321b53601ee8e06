package example.loom;

import java.util.List;
import org.springframework.ai.tool.ToolCallback;
import org.springframework.ai.tool.function.FunctionToolCallback;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.context.annotation.Bean;

record Cloth(String colour, int length) {}

@SpringBootApplication
public class Functions {
    @Bean
    public List<ToolCallback> looms() {
        return List.of(
            FunctionToolCallback.builder("weave_cloth", (Cloth cloth) -> "").description("Weaves a cloth.").inputType(Cloth.class).build());
    }
}
