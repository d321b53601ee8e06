import io.modelcontextprotocol.kotlin.sdk.server.Server

fun Server.registerRopes() {
    addTool(name = "cut_rope", description = "Cuts a rope.") { request -> cut() }
}

fun main() {
    val server = Server(info, options)
    server.registerRopes()
    server.connect(StdioServerTransport(System.`in`, System.out))
}
