namespace Lantern;

public class WickTools(LampStore store)
{
    [McpServerTool(Name = "trim_wick", Destructive = true, Idempotent = false)]
    [Description("Trim the wick")]
    public string Trim([Description("What to trim")] TrimRequest request) => store.Trim(request);
}

[McpServerToolType]
public class OilTools
{
    [McpServerTool(UseStructuredContent = true)]
    [Description("How much oil is left")]
    public Oil MeasureOil(Dictionary<string, int> tanks, bool exact) => new();
}

[McpServerToolType]
public class SpareTools
{
    [McpServerTool, Description("Nobody registers this class")]
    public string Spare() => "";
}

public class TrimRequest
{
    [Description("In millimetres")]
    public required int LengthInMm { get; set; }

    [JsonPropertyName("how")]
    public string? Manner { get; set; }

    [JsonIgnore]
    public string Internal { get; set; }

    public List<WickKind> Kinds { get; init; } = [];
}

public class Oil
{
    public required double Litres { get; set; }
}

public enum WickKind
{
    Flat,
    [JsonStringEnumMemberName("round-one")]
    Round,
}
