import io.modelcontextprotocol.kotlin.sdk.server.Server

class Offer(private val server: Server) {
    operator fun invoke(name: String) {
        server.addTool(name = name, description = "Works the orchard.") { request -> act() }
    }

    operator fun get(name: String): Boolean {
        server.addTool(name = name, description = "Works the orchard.") { request -> act() }
        return true
    }
}

fun main() {
    val server = Server(info, options)
    server.addTool(name = "prune_tree", description = "Prunes a tree.") { request -> act() }
    val offer = Offer(server)
    offer("pick_apples")
    println(offer["fell_tree"])
    server.connect(StdioServerTransport(System.`in`, System.out))
}
