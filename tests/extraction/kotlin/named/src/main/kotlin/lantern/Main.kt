package lantern

import io.modelcontextprotocol.kotlin.sdk.Tool
import io.modelcontextprotocol.kotlin.sdk.ToolAnnotations
import io.modelcontextprotocol.kotlin.sdk.server.Server
import kotlinx.serialization.json.buildJsonObject
import kotlinx.serialization.json.put
import kotlinx.serialization.json.putJsonObject

const val PREFIX = "lamp_"

object Names {
    const val LIGHT = "light"
}

fun main() {
    val server = Server(Implementation(name = "lanterns", version = "1.0.0"), options)
    server.addTool(
        name = PREFIX + Names.LIGHT,
        description = """
            Light a lamp.
              It gets hot.
        """.trimIndent(),
        inputSchema = Tool.Input(
            properties = buildJsonObject {
                putJsonObject("lamp") {
                    put("type", "string")
                    put("description", "Which $WHAT")
                }
                putJsonObject("minutes") {
                    put("type", "integer")
                }
            },
            required = listOf("lamp"),
        ),
        toolAnnotations = ToolAnnotations(title = "Light", readOnlyHint = false, destructiveHint = null),
    ) { request ->
        CallToolResult(content = listOf(TextContent("lit")))
    }
    // server.addTool(name = "commented", description = "Not there") { CallToolResult() }
    server.registerShutters()
    server.addTool("count", "Count the lamps") { CallToolResult() }
    server.addTool(name = System.getenv("NAME"), description = "Unknown name") { CallToolResult() }
}

const val WHAT = "lamp"

fun Server.registerShutters() {
    for (word in listOf("open", "close")) {
        addTool(name = "${word}_shutter", description = "Will $word it") { CallToolResult() }
    }
}

fun unused(server: Server) {
    server.addTool(name = "unreached", description = "Nobody calls this") { CallToolResult() }
}
