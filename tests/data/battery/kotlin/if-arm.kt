import io.modelcontextprotocol.kotlin.sdk.server.Server

fun main() {
    val server = Server(info, options)
    val names = if (System.getenv("DAIRY_POURING") == "1") listOf("weigh_milk", "pour_milk") else listOf("weigh_milk")
    names.forEach { name ->
        server.addTool(name = name, description = "Works the dairy.") { request -> act() }
    }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
