package lantern

class Loose {
    @McpTool(description = "No bean, and nobody makes one")
    fun lost(): String = ""
}
