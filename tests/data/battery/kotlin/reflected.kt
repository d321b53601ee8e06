import io.modelcontextprotocol.kotlin.sdk.server.Server
import kotlin.reflect.full.declaredFunctions

class Verbs {
    fun emptySilo() {}
}

fun main() {
    val server = Server(info, options)
    server.addTool(name = "silo_level", description = "Tells the level.") { request -> level() }
    for (verb in Verbs::class.declaredFunctions) {
        server.addTool(name = verb.name, description = "Acts on the silo.") { request -> act() }
    }
    server.connect(StdioServerTransport(System.`in`, System.out))
}
