using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddMcpServer().WithStdioServerTransport().WithDairy();
await builder.Build().RunAsync();

public static class Dairy
{
    public static IMcpServerBuilder WithDairy(this IMcpServerBuilder builder) =>
        builder.WithTools([McpServerTool.Create((string can) => can, new() { Name = "weigh_milk" })]).WithMore();
}
