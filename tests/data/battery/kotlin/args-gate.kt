import io.modelcontextprotocol.kotlin.sdk.server.Server

fun main(args: Array<String>) {
    val server = Server(info, options)
    server.addTool(name = "list_hay", description = "Lists hay.") { request -> list() }
    if ("--write" in args) {
        server.addTool(name = "burn_hay", description = "Burns hay.") { request -> burn() }
    }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
