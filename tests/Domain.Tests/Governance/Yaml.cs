using YamlDotNet.Core;
using YamlDotNet.Core.Events;
using YamlDotNet.Serialization;
using Map = System.Collections.Generic.Dictionary<object, object>;

namespace Domain.Tests.Governance;

/// <summary>Reads YAML files of this repository; values are addressed by their path.</summary>
internal static class Yaml
{
    /// <summary>Every document of a file.</summary>
    public static IReadOnlyList<Map> Documents(FileInfo file)
    {
        using var text = file.OpenText();
        var parser = new MergingParser(new Parser(text));
        var reader = new DeserializerBuilder().Build();
        var documents = new List<Map>();
        parser.Consume<StreamStart>();
        while (parser.Accept<DocumentStart>(out _)) documents.Add(reader.Deserialize<Map>(parser));
        return documents;
    }

    /// <exception cref="KeyNotFoundException">The path does not exist; the message names it.</exception>
    public static object At(this object where, params string[] names) => names.Aggregate(where, (now, name) =>
        now is Map map && map.TryGetValue(name, out var found) ? found : throw new KeyNotFoundException($"{name} of {string.Join('.', names)} is missing."));

    public static string Text(this object where, params string[] names) => $"{where.At(names)}";

    public static IReadOnlyList<object> List(this object where, params string[] names) => (List<object>)where.At(names);

    public static bool Has(this object where, string name) => where is Map map && map.ContainsKey(name);
}
