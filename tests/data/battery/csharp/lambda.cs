using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
var tools = new List<McpServerTool>
{
    McpServerTool.Create((string ship) => "", new() { Name = "load_ship", Description = "Loads a ship." }),
};
tools.AddRange(new[] { "scuttle_ship" }.Select(name => McpServerTool.Create(() => "", new() { Name = name, Description = "Sinks it." })));
builder.Services.AddMcpServer().WithStdioServerTransport().WithTools(tools);
await builder.Build().RunAsync();
