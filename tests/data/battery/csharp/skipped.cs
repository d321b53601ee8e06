using ModelContextProtocol.Server;

var tools = new List<McpServerTool>();

void Add(string name)
{
    if (name == "burn_hay") return;
    tools.Add(McpServerTool.Create((string barn) => barn, new() { Name = name, Description = "Works in the barn." }));
}

foreach (var name in new[] { "count_hay", "burn_hay", "stack_hay" }) Add(name);
foreach (var name in new[] { "feed_cow", "sell_cow", "milk_cow", "ride_cow" })
{
    if (name == "sell_cow") continue;
    if (name == "ride_cow") break;
    Add(name);
}
foreach (var size in new[] { "small", "large" })
{
    switch (size)
    {
        case "large":
            continue;
        case "small":
            Add("grind_some");
            break;
        default:
            Add("grind_none");
            break;
    }
    Add("sieve_" + size);
}
foreach (var name in new[] { "shear_sheep" })
{
    if (Herd.IsAway(name)) continue;
    Add(name);
}

var options = new McpServerOptions { ToolCollection = [.. tools] };
await using var server = McpServer.Create(new StdioServerTransport("barn"), options);
await server.RunAsync();
