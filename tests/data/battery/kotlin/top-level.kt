import io.modelcontextprotocol.kotlin.sdk.server.Server

val server = Server(info, options)
private val picking = server.addTool(name = "pick_apples", description = "Picks apples.") { request -> act() }

var felling: Boolean = false
    set(value) {
        server.addTool(name = "fell_tree", description = "Fells a tree.") { request -> act() }
        field = value
    }

fun main() {
    server.addTool(name = "prune_tree", description = "Prunes a tree.") { request -> act() }
    felling = true
    server.connect(StdioServerTransport(System.`in`, System.out))
}
