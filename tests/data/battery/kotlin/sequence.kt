import io.modelcontextprotocol.kotlin.sdk.server.Server

fun made() = sequence {
    yield("flood_cellar")
}

fun main() {
    val server = Server(info, options)
    made().forEach { name ->
        server.addTool(name = name, description = "Acts on the cellar.") { request -> act() }
    }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
