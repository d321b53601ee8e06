using System.Reflection;
using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
var tools = new List<McpServerTool>();
foreach (var method in typeof(Verbs).GetMethods(BindingFlags.Static | BindingFlags.Public))
{
    tools.Add(McpServerTool.Create(method));
}
builder.Services.AddMcpServer().WithStdioServerTransport().WithTools(tools);
await builder.Build().RunAsync();

public static class Verbs
{
    public static void EmptySilo() { }
}
