using System.Text.Json;
using System.Text.Json.Nodes;

namespace Bench;

/// <summary>Prints one JSON line: the bench, its measurements, and the floors of the same run.</summary>
internal static class Report
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static void Print(string bench, Measured measured, object? more = null, params (string Name, Measured Measured)[] floors)
    {
        var line = new JsonObject { ["bench"] = bench };
        Add(line, measured);
        if (more is not null) Add(line, more);
        foreach (var (name, floor) in floors)
        {
            line[$"{name}FloorRate"] = floor.Rate;
            line[$"{name}FloorCpuMicroseconds"] = floor.CpuMicroseconds;
        }

        Console.WriteLine(line.ToJsonString());
    }

    private static void Add(JsonObject line, object values)
    {
        foreach (var (name, value) in JsonSerializer.SerializeToNode(values, values.GetType(), Json)!.AsObject()) line[name] = value?.DeepClone();
    }
}
