namespace Lantern;

public static class Startup
{
    public static IMcpServerBuilder AddLamps(this IMcpServerBuilder builder)
    {
        return builder.WithTools<WickTools>();
    }

    public static async Task Main(string[] args)
    {
        var builder = WebApplication.CreateBuilder(args);
        builder.Services.AddMcpServer(options => options.ServerInfo = new() { Name = "lanterns" })
            .WithHttpTransport()
            .AddLamps()
            .WithTools([typeof(OilTools)]);
        await builder.Build().RunAsync();
    }
}
