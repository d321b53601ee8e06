import io.modelcontextprotocol.kotlin.sdk.server.Server

operator fun Server.plusAssign(name: String) {
    addTool(name = name, description = "Works the dairy.") { request -> act() }
}

infix fun Server.offers(name: String) = addTool(name = name, description = "Works it.") { request -> act() }

fun main() {
    val server = Server(info, options)
    server += "weigh_milk"
    server offers "pour_milk"
    server.addTool(name = "skim_milk", description = "Skims milk.") { request -> act() }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
