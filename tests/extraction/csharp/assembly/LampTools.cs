using System.ComponentModel;
using ModelContextProtocol.Server;

namespace Lantern.Tools;

[McpServerToolType]
public static class LampTools
{
    private const string Hot = "It gets hot.";

    [McpServerTool(Name = Names.Prefix + "light", Title = "Light a lamp", ReadOnly = false, OpenWorld = true)]
    [Description("Light a lamp. " + Hot)]
    public static async Task<string> Light(
        LampStore store,
        ILogger<Program> logger,
        [Description("Which lamp")] string lampId,
        [Description("How long")] int minutes = 30,
        string? colour = null,
        Mood mood = Mood.Calm,
        CancellationToken cancellationToken = default)
    {
        return await store.Light(lampId);
    }

    [McpServerTool, Description("""
        List lamps,
          one per line.
        """)]
    public static Task<List<string>> ListAllLampsAsync(string[] rooms, Place? place) => null;

    // [McpServerTool, Description("Not there")]
    // public static string Commented() => "";

    [McpServerTool, Description($"About {Environment.MachineName}")]
    public static string GetURLInfo(Guid id) => "";

    [Description("A method without the attribute")]
    public static string Helper(string x) => x;
}

public class Unmarked
{
    [McpServerTool, Description("Its class is not marked")]
    public string Lost() => "";
}

public enum Mood { Calm, Wild }

public record Place([property: Description("Room")] string RoomName, double? Height = null);

public static class Names
{
    public const string Prefix = "lamp_";
}
