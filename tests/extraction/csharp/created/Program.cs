using ModelContextProtocol.Server;

string Dim([Description("From 0 to 100")] int level) => "dimmed";

var options = new McpServerOptions
{
    ServerInfo = new() { Name = "lanterns" },
};
McpServerTool light = McpServerTool.Create(
    [Description("Light it")] (string lamp, bool steady = true) => $"lit {lamp}",
    new McpServerToolCreateOptions { Name = "light", Title = "Light", ReadOnly = false });
McpServerTool forgotten = McpServerTool.Create(() => "", new() { Name = "forgotten" });

options.ToolCollection = [light, McpServerTool.Create(Dim), McpServerTool.Create(Shade.Lower, new() { Name = Shade.Name, Description = "Lower " + "the shade" })];

foreach (var name in new[] { "open", "close" })
{
    options.ToolCollection.Add(McpServerTool.Create(() => "done", new() { Name = $"{name}_shutter", Description = $"Will {name} it" }));
}

options.ToolCollection.Add(McpServerTool.Create(() => "", new() { Name = Environment.GetEnvironmentVariable("TOOL") }));

await McpServer.Create(new StdioServerTransport("lanterns"), options).RunAsync();

static class Shade
{
    public static readonly string Name = "lower_shade";

    public static string Lower(double centimetres) => "";
}
