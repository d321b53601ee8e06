import io.modelcontextprotocol.kotlin.sdk.server.Server

enum class Deed { WEIGH_MILK, POUR_MILK }

fun Server.offer(deed: Deed) = addTool(name = deed.name.lowercase(), description = "Works the dairy.") { request -> act() }

fun main() {
    val server = Server(info, options)
    Deed.entries.forEach(server::offer)
    server.addTool(name = "skim_milk", description = "Skims milk.") { request -> act() }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
