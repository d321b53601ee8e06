fun main() {
    server.addTool(name = "tested", description = "Only a test") { CallToolResult() }
}
