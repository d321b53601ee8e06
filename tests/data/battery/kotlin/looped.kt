import io.modelcontextprotocol.kotlin.sdk.server.Server

val colours = listOf("red", "blue")

fun main() {
    val server = Server(info, options)
    colours.forEach { colour ->
        server.addTool(name = "paint_$colour", description = "Paints the shed $colour.") { request -> paint(colour) }
    }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
