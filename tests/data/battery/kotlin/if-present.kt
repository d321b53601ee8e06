import io.modelcontextprotocol.kotlin.sdk.server.Server

fun pouring(server: Server): Boolean {
    server.addTool(name = "pour_milk", description = "Pours it.") { request -> act() }
    return true
}

fun main() {
    val server = Server(info, options)
    server.addTool(name = "weigh_milk", description = "Weighs milk.") { request -> act() }
    val open = System.getenv("DAIRY_POURING") == "1" && pouring(server)
    System.getenv("DAIRY_POURING")?.let { server.addTool(name = "skim_milk", description = "Skims it.") { request -> act() } }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
