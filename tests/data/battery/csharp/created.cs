using ModelContextProtocol.Server;

var options = new McpServerOptions
{
    ToolCollection =
    [
        McpServerTool.Create((string tree) => tree, new() { Name = "name_tree", Description = "Names a tree." }),
        McpServerTool.Create((string tree) => "", new() { Name = "prune_tree", Description = "Prunes a tree.", Destructive = true }),
    ]
};
await using var server = McpServer.Create(new StdioServerTransport("trees"), options);
await server.RunAsync();
