using System.Text.Json;

var options = new McpServerOptions
{
    Handlers = new McpServerHandlers
    {
        ListToolsHandler = (request, cancellationToken) => ValueTask.FromResult(new ListToolsResult
        {
            Tools =
            [
                new Tool
                {
                    Name = "light",
                    Description = @"Light ""it""",
                    InputSchema = JsonSerializer.Deserialize<JsonElement>("""
                        {
                          "type": "object",
                          "properties": { "lamp": { "type": "string", "description": "Which lamp" } },
                          "required": ["lamp"]
                        }
                        """),
                    Annotations = new ToolAnnotations { ReadOnlyHint = true },
                },
                Count(),
            ],
        }),
    },
};

static Tool Count() => new Tool { Name = "count", Title = "Count", Description = null };

await McpServer.Create(transport, options).RunAsync();
