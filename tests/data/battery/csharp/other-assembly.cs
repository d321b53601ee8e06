using System.ComponentModel;
using System.Reflection;
using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
var server = builder.Services.AddMcpServer().WithStdioServerTransport().WithTools<Looks>();
foreach (var file in Directory.GetFiles("plugins", "*.dll"))
{
    server.WithToolsFromAssembly(Assembly.LoadFrom(file));
}
await builder.Build().RunAsync();

public class Looks
{
    [McpServerTool, Description("Lists plugins.")]
    public string ListPlugins() => "";
}
