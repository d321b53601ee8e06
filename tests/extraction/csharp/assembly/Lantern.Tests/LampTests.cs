[McpServerToolType]
public static class TestTools
{
    [McpServerTool, Description("Only a test")]
    public static string Tested() => "";
}
