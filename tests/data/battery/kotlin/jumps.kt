import io.modelcontextprotocol.kotlin.sdk.server.Server

val words = mapOf("feed_cow" to "Feeds a cow.", "milk_cow" to "Milks a cow.")

fun register(server: Server) {
    listOf("open_door", "lock_door", "break_door").forEach { name ->
        if (name == "lock_door") return@forEach
        if (name == "break_door") return
        server.addTool(name = name, description = "Works the door.") { request -> work(name) }
    }
    server.addTool(name = "never_there", description = "Is never reached.") { request -> work("") }
}

fun main() {
    val server = Server(info, options)
    for (name in listOf("count_hay", "burn_hay", "stack_hay")) {
        if (name == "burn_hay") continue
        server.addTool(name = name, description = "Works the hay.") { request -> work(name) }
    }
    for (name in listOf("feed_cow", "sell_cow", "milk_cow")) {
        val text = words[name] ?: continue
        server.addTool(name = name, description = text) { request -> work(name) }
    }
    rows@ for (part in listOf("hay", "straw")) {
        for (deed in listOf("weigh_", "bale_")) {
            when {
                part == "straw" && deed == "bale_" -> break@rows
                else -> server.addTool(name = deed + part, description = "Works.") { request -> work(part) }
            }
        }
    }
    for (name in listOf("shear_sheep")) {
        if (herd.isAway(name)) continue
        server.addTool(name = name, description = "Shears.") { request -> work(name) }
    }
    register(server)
    server.connect(StdioServerTransport(System.`in`, System.out))
}
