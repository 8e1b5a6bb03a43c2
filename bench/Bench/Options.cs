using System.Globalization;

namespace Bench;

/// <summary>Command-line options as <c>--name value</c> pairs.</summary>
internal sealed class Options
{
    private readonly Dictionary<string, string> values = [];

    public static Options Parse(string[] args)
    {
        var options = new Options();
        foreach (var pair in args.Chunk(2)) options.values[pair[0].TrimStart('-')] = pair[1];
        return options;
    }

    public int Number(string name, int defaultValue) =>
        values.TryGetValue(name, out var value) ? int.Parse(value, CultureInfo.InvariantCulture) : defaultValue;

    public string? Text(string name) => values.GetValueOrDefault(name);
}
