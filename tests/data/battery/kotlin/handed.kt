import example.silo.gen.registerGenerated
import io.modelcontextprotocol.kotlin.sdk.server.Server

fun main() {
    val server = Server(info, options)
    server.addTool(name = "silo_level", description = "Tells how full.") { request -> level() }
    registerGenerated(server)
    server.connect(StdioServerTransport(System.`in`, System.out))
}
