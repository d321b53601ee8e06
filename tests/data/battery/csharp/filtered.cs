using System.ComponentModel;
using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddMcpServer()
    .WithStdioServerTransport()
    .WithTools<Forge>()
    .AddListToolsFilter(next => async (context, token) => Trim(await next(context, token)));
await builder.Build().RunAsync();

public class Forge
{
    [McpServerTool, Description("Tells how hot the forge is.")]
    public int ForgeHeat() => 0;
}
