using ModelContextProtocol.Server;

var options = new McpServerOptions { ToolCollection = [McpServerTool.Create(() => 0, new() { Name = "prune_tree" })] };
var orchard = new Orchard();
orchard.Opened += name => options.ToolCollection!.Add(McpServerTool.Create(() => 1, new() { Name = name }));
orchard.Open("pick_apples");
orchard.Open("fell_tree");
await using var server = McpServer.Create(new StdioServerTransport("orchard"), options);
await server.RunAsync();

public class Orchard
{
    public event Action<string>? Opened;

    public void Open(string name) => Opened?.Invoke(name);
}
