package lantern;

@Component
class LampToolsTest {
    @McpTool(description = "Only a test")
    String tested() { return ""; }
}
