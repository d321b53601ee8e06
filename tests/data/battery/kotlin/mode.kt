import io.modelcontextprotocol.kotlin.sdk.server.Server

fun main() {
    val server = Server(info, options)
    server.addTool(name = "mill_speed", description = "Tells how fast.") { request -> speed() }
    when (System.getenv("MILL_MODE")) {
        "full" -> server.addTool(name = "mill_stop", description = "Stops the mill.") { request -> stop() }
        else -> {}
    }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
