using System.ComponentModel;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using ModelContextProtocol.Server;

var builder = Host.CreateApplicationBuilder(args);
builder.Services.AddMcpServer().WithStdioServerTransport().WithToolsFromAssembly();
await builder.Build().RunAsync();

[McpServerToolType]
public static class Orchard
{
    [McpServerTool(ReadOnly = true), Description("Counts the apples of a tree.")]
    public static int CountApples([Description("Which tree")] string tree) => 0;

    [McpServerTool(Name = "fell_tree", Destructive = true), Description("Fells a tree.")]
    public static void Fell(string tree) { }
}
