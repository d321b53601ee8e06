package lantern

import io.modelcontextprotocol.kotlin.sdk.Tool
import io.modelcontextprotocol.kotlin.sdk.server.RegisteredTool

class LampServer(private val prefix: String = "lamp") {
    private val light = Tool(
        name = "${prefix}_light",
        title = "Light",
        description = "Light it",
        inputSchema = ToolSchema(
            properties = buildJsonObject {
                put("lamp", buildJsonObject { put("type", JsonPrimitive("string")) })
                putJsonObject("rooms") {
                    put("type", "array")
                    putJsonObject("items") {
                        put("type", "string")
                    }
                }
                putJsonObject("kind") {
                    putJsonArray("enum") {
                        add("flat")
                        add("round")
                    }
                }
            },
            required = listOf("lamp", "kind"),
        ),
        annotations = ToolAnnotations(readOnlyHint = true),
    )

    private val spare = Tool(name = "spare", description = "Never added", inputSchema = ToolSchema())

    fun start(): Server {
        return Server(info, options).apply {
            addTools(
                listOf(
                    RegisteredTool(light) { CallToolResult() },
                    RegisteredTool(count()) { CallToolResult() },
                ),
            )
        }
    }

    private fun count() = Tool(
        name = "count",
        description = About.COUNT.words,
        inputSchema = ToolSchema(properties = unknownElsewhere()),
    )
}

enum class About(val words: String) {
    COUNT("Count the lamps"),
    OTHER("Other"),
}

fun main() = runBlocking {
    LampServer().start()
}
