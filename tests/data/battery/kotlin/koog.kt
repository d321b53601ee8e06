import ai.koog.agents.core.tools.annotations.LLMDescription
import ai.koog.agents.core.tools.annotations.Tool
import ai.koog.agents.core.tools.ToolRegistry
import ai.koog.agents.core.tools.reflect.ToolSet
import ai.koog.agents.mcp.server.startStdioMcpServer

class LampTools : ToolSet {
    @Tool
    @LLMDescription("Lights a lamp.")
    fun lightLamp(@LLMDescription("Which lamp") lamp: String): String = ""
}

fun main() {
    val registry = ToolRegistry { tools(LampTools()) }
    startStdioMcpServer(registry)
}
