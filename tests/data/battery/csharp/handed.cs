using ModelContextProtocol.Server;

var tools = new List<McpServerTool>();
tools.Add(McpServerTool.Create((string s) => s, new() { Name = "silo_level", Description = "Tells how full." }));
tools.AddRange(GeneratedTools.All());
Kit.Decorate(tools);
var options = new McpServerOptions { ToolCollection = [.. tools] };
await using var server = McpServer.Create(new StdioServerTransport("silo"), options);
await server.RunAsync();
