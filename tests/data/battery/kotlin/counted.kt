import io.modelcontextprotocol.kotlin.sdk.server.Server

fun main() {
    val server = Server(info, options)
    for (valve in 0 until 3) {
        server.addTool(name = "open_valve_$valve", description = "Opens a valve.") { request -> open(valve) }
    }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
