import io.modelcontextprotocol.kotlin.sdk.server.Server

fun main(args: Array<String>) {
    val server = Server(info, options)
    server.addTool(name = "gate_state", description = "Tells the state.") { request -> state() }
    server.addTool(name = "gate_open", description = "Opens it.") { request -> swing() }
    args.forEach { server.removeTool(it) }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
