using System.ComponentModel;
using ModelContextProtocol.Server;

var builder = WebApplication.CreateBuilder(args);
builder.Services.AddMcpServer().WithHttpTransport().WithTools<ClockTools>();
var app = builder.Build();
app.MapMcp();
app.Run();

[McpServerToolType]
public class ClockTools
{
    [McpServerTool, Description("Tells the time.")]
    public string TellTime() => "";
}

[McpServerToolType]
public class UnusedTools
{
    [McpServerTool, Description("Winds the clock.")]
    public string WindClock() => "";
}
