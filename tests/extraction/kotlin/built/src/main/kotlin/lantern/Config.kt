package lantern

import io.modelcontextprotocol.server.McpServerFeatures
import io.modelcontextprotocol.spec.McpSchema

@Configuration
class Config {
    @Bean
    fun tools(): List<McpServerFeatures.SyncToolSpecification> {
        return listOf(specification("light", "Light it"), specification("snuff", "Put it out"))
    }

    private fun specification(name: String, about: String): McpServerFeatures.SyncToolSpecification {
        val tool = McpSchema.Tool.builder()
            .name("lamp_$name")
            .description(about + ".")
            .inputSchema(McpSchema.JsonSchema("object", mapOf("lamp" to mapOf("type" to "string")), listOf("lamp"), null, null, null))
            .annotations(McpSchema.ToolAnnotations(null, false, null, null, null, null))
            .build()
        return McpServerFeatures.SyncToolSpecification(tool) { _, _ -> null }
    }

    fun unused(): McpSchema.Tool = McpSchema.Tool.builder().name("unused").build()
}
