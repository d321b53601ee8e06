using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddMcpServer().WithStdioServerTransport();
builder.Services.AddSingleton<McpServerTool>(_ => McpServerTool.Create(() => 1, new() { Name = "weigh_milk" }));
builder.Services.Configure<McpServerOptions>(options =>
    options.ToolCollection!.Add(McpServerTool.Create(() => 2, new() { Name = "pour_milk" })));
await builder.Build().RunAsync();
