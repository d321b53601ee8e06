using System.Text.Json;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddMcpServer()
    .WithStdioServerTransport()
    .WithListToolsHandler((context, token) => ValueTask.FromResult(new ListToolsResult
    {
        Tools =
        [
            new Tool { Name = "read_gauge", Description = "Reads a gauge." },
            new Tool { Name = "reset_gauge", Description = "Resets a gauge." },
        ]
    }))
    .WithCallToolHandler(Call);
await builder.Build().RunAsync();
