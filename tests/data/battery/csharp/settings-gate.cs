using System.ComponentModel;
using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
var server = builder.Services.AddMcpServer().WithStdioServerTransport().WithTools<Looks>();
if (builder.Configuration.GetValue<bool>("Bees:AllowSmoke"))
{
    server.WithTools<Deeds>();
}
await builder.Build().RunAsync();

public class Looks
{
    [McpServerTool, Description("Counts bees.")]
    public int CountBees() => 0;
}

public class Deeds
{
    [McpServerTool, Description("Smokes the bees out.")]
    public void SmokeBees() { }
}
