using ModelContextProtocol.Server;

var options = new McpServerOptions { ToolCollection = [McpServerTool.Create(() => 0, new() { Name = "prune_tree" })] };
var orchard = new Orchard(options);
orchard.Opens = "pick_apples";
orchard["fell_tree"] = true;
await using var server = McpServer.Create(new StdioServerTransport("orchard"), options);
await server.RunAsync();

public class Orchard(McpServerOptions options)
{
    public string Opens
    {
        set { options.ToolCollection!.Add(McpServerTool.Create(() => 1, new() { Name = value })); }
    }

    public bool this[string name]
    {
        set { options.ToolCollection!.Add(McpServerTool.Create(() => 2, new() { Name = name })); }
    }
}
