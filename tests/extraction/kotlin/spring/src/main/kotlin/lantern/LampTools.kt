package lantern

import org.springaicommunity.mcp.annotation.McpTool
import org.springaicommunity.mcp.annotation.McpToolParam
import org.springframework.stereotype.Service

@Service
class LampTools(private val store: LampStore) {
    companion object {
        const val ABOUT = "Light a lamp"
    }

    @McpTool(name = "light", description = ABOUT, annotations = McpTool.McpAnnotations(readOnlyHint = false))
    fun light(
        @McpToolParam(description = "Which lamp") lamp: String,
        @McpToolParam(description = "How long") minutes: Int?,
        place: Place,
    ): String {
        return ""
    }

    @McpTool(description = "Count")
    suspend fun countLamps(rooms: List<String>, exact: Boolean = false): Int = 0

    fun helper(): String = ""
}

data class Place(
    val room: String,
    @JsonPropertyDescription("In metres") val height: Double = 2.0,
)
