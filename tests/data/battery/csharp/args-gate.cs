using System.ComponentModel;
using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
var server = builder.Services.AddMcpServer().WithStdioServerTransport().WithTools<Looks>();
if (args.Contains("--write")) server.WithTools<Deeds>();
await builder.Build().RunAsync();

public class Looks
{
    [McpServerTool, Description("Lists the boats.")]
    public string ListBoats() => "";
}

public class Deeds
{
    [McpServerTool, Description("Sinks a boat.")]
    public void SinkBoat(string boat) { }
}
