using System.ComponentModel;
using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
var server = builder.Services.AddMcpServer().WithStdioServerTransport().WithTools<WellReads>();
if (Environment.GetEnvironmentVariable("WELL_ALLOW_WRITE") == "1")
{
    server.WithTools<WellWrites>();
}
await builder.Build().RunAsync();

public class WellReads
{
    [McpServerTool, Description("Tells how deep the well is.")]
    public int WellDepth() => 0;
}

public class WellWrites
{
    [McpServerTool, Description("Fills the well up.")]
    public void FillWell() { }
}
