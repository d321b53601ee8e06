import io.modelcontextprotocol.kotlin.sdk.server.Server

class Dairy(private val server: Server) {
    var open: Boolean by Delegates.observable(false) { _, _, _ ->
        server.addTool(name = "pour_milk", description = "Pours it.") { request -> act() }
    }

    init {
        server.addTool(name = "weigh_milk", description = "Weighs milk.") { request -> act() }
    }
}

fun main() {
    val server = Server(info, options)
    Dairy(server).open = true
    server.addTool(name = "skim_milk", description = "Skims milk.") { request -> act() }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
