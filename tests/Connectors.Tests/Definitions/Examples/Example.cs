using System.Reflection;
using System.Text.Json.Nodes;
using Connections.Connectors.Definitions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Definitions.Reading;

namespace Connectors.Tests.Definitions.Examples;

/// <summary>The examples of one embedded definition: what it sends, what the provider answers, and what comes of it.</summary>
internal sealed class Example
{
    /// <summary>Every secret in an example contains this text.</summary>
    public const string Canary = "canary-secret-5d1f7a";

    private static readonly Lazy<IReadOnlyDictionary<string, Definition>> Definitions =
        new(() => DefinitionFile.Embedded().ToDictionary(f => f.Entry.Id, f => f.Require()));

    private readonly JsonObject root;

    private Example(string connector, JsonObject root)
    {
        (Connector, this.root) = (connector, root);
        Definition = Definitions.Value[connector];
        Cases = [.. root["cases"]!.AsArray().Select((c, at) => new ExampleCase(this, at, c!.AsObject()))];
    }

    /// <summary>The connectors that have examples.</summary>
    public static IReadOnlyList<string> Connectors { get; } = [.. Assembly.GetExecutingAssembly().GetManifestResourceNames()
        .Where(name => name.StartsWith("Examples/", StringComparison.Ordinal)).Select(name => name["Examples/".Length..^".yaml".Length]).Order(StringComparer.Ordinal)];

    public string Connector { get; }

    public Definition Definition { get; }

    public IReadOnlyList<ExampleCase> Cases { get; }

    public JsonObject Settings => root["settings"]?.AsObject() ?? [];

    /// <summary>Null: the person signed in with OAuth.</summary>
    public JsonObject? Credentials => root["credentials"]?.AsObject();

    /// <summary>The values that the sign-in kept.</summary>
    public IReadOnlyDictionary<string, string> Kept => (root["kept"]?.AsObject() ?? []).ToDictionary(k => k.Key, k => (string)k.Value!);

    /// <summary>Headers of every request.</summary>
    public JsonObject Headers => root["headers"]?.AsObject() ?? [];

    public static Example Read(string connector)
    {
        using var reader = new StreamReader(Assembly.GetExecutingAssembly().GetManifestResourceStream($"Examples/{connector}.yaml")!);
        var faults = new Faults();
        var node = YamlNodes.Read(reader.ReadToEnd(), faults);
        Assert.True(node is not null && !faults.Any, $"{connector}.yaml: {string.Join(' ', faults.All)}");
        return new Example(connector, YamlJson.From(node!)!.AsObject());
    }
}
