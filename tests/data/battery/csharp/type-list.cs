using System.ComponentModel;
using ModelContextProtocol.Server;

Type[] holders = [typeof(Ropes), typeof(Knots)];
var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddMcpServer().WithStdioServerTransport().WithTools(holders);
await builder.Build().RunAsync();

public class Ropes
{
    [McpServerTool, Description("Cuts a rope.")]
    public string CutRope(string rope) => "";
}

public class Knots
{
    [McpServerTool, Description("Ties a knot.")]
    public string TieKnot(string rope) => "";
}
