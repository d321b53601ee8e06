import io.modelcontextprotocol.kotlin.sdk.Implementation
import io.modelcontextprotocol.kotlin.sdk.server.Server

fun main() {
    val server = Server(Implementation("boats", "1"), options)
    server.addTool(name = "list_boats", description = "Lists boats.") { request -> list() }
    server.addTool(name = "sink_boat", description = "Sinks a boat.") { request -> sink() }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
