import io.modelcontextprotocol.kotlin.sdk.server.Server

fun main() {
    val server = Server(info, options)
    server.addTool(name = "well_depth", description = "Tells how deep.") { request -> depth() }
    if (System.getenv("WELL_ALLOW_FILL") == "true") {
        server.addTool(name = "fill_well", description = "Fills it up.") { request -> fill() }
    }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
