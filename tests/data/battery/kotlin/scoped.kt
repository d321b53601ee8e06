import io.modelcontextprotocol.kotlin.sdk.server.Server

fun main() {
    val server = Server(info(), options())
    with(server) {
        addTool(name = "read_tide", description = "Reads the tide.") { answer() }
    }
    server.apply {
        addTool(name = "raise_tide", description = "Raises the tide.") { answer() }
    }
}
