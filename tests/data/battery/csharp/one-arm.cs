using ModelContextProtocol.Server;

var pouring = Environment.GetEnvironmentVariable("DAIRY_POURING") == "1";
List<McpServerTool> more = pouring ? [McpServerTool.Create(() => 2, new() { Name = "pour_milk" })] : [];
var options = new McpServerOptions
{
    ToolCollection = [McpServerTool.Create(() => 1, new() { Name = "weigh_milk" }), .. more]
};
await using var server = McpServer.Create(new StdioServerTransport("dairy"), options);
await server.RunAsync();
