using ModelContextProtocol.Server;

var tools = new List<McpServerTool>();
switch (Environment.GetEnvironmentVariable("FERRY_MODE"))
{
    case "full":
        tools.Add(McpServerTool.Create((string f) => f, new() { Name = "sink_ferry", Description = "Sinks it." }));
        goto case "calm";
    case "calm":
        tools.Add(McpServerTool.Create((string f) => f, new() { Name = "ferry_state", Description = "Tells where it is." }));
        break;
}
var options = new McpServerOptions { ToolCollection = [.. tools] };
await using var server = McpServer.Create(new StdioServerTransport("ferry"), options);
await server.RunAsync();
