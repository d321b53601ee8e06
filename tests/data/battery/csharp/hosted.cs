using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddMcpServer().WithStdioServerTransport().WithTools<Orchard>();
builder.Services.AddHostedService<Opener>();
await builder.Build().RunAsync();

[McpServerToolType]
public class Orchard
{
    [McpServerTool(Name = "prune_tree")]
    public static string Prune(string tree) => tree;
}

public class Opener(IOptions<McpServerOptions> options) : IHostedService
{
    public Task StartAsync(CancellationToken token)
    {
        options.Value.ToolCollection!.Add(McpServerTool.Create(() => 1, new() { Name = "pick_apples" }));
        options.Value.ToolCollection!.Add(McpServerTool.Create(() => 2, new() { Name = "fell_tree" }));
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken token) => Task.CompletedTask;
}
