using System.Text.Json;
using EventSourcing;

namespace Connections.Connectors.Catalogue;

/// <summary>Every connector of this process, by id.</summary>
public sealed class ConnectorCatalogue
{
    private readonly Dictionary<string, IConnector> connectors;
    private readonly Dictionary<(string Connector, string Activity), InputSchema> inputs;

    public ConnectorCatalogue(IEnumerable<IConnector> connectors)
    {
        this.connectors = connectors.ToDictionary(c => c.Entry.Id, StringComparer.Ordinal);
        inputs = this.connectors.Values
            .SelectMany(c => c.Entry.Activities, (c, a) => (c.Entry.Id, Activity: a))
            .ToDictionary(x => (x.Id, x.Activity.Id), x => InputSchema.Parse(x.Activity.Input));
        Entries = [.. this.connectors.Values.Select(c => c.Entry).OrderBy(e => e.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>All entries, sorted by name.</summary>
    public IReadOnlyList<CatalogueEntry> Entries { get; }

    public IConnector? Find(string id) => connectors.GetValueOrDefault(id);

    /// <param name="category">Must match exactly, ignoring case; null for all.</param>
    /// <param name="q">Must occur in the id, name or description; null for all.</param>
    public IEnumerable<CatalogueEntry> Search(string? category, string? q) => Entries.Where(e =>
        (string.IsNullOrWhiteSpace(category) || EqualsIgnoringCase(e.Category, category.Trim()))
        && (string.IsNullOrWhiteSpace(q) || new[] { e.Id, e.Name, e.Description }.Any(text => ContainsIgnoringCase(text, q.Trim()))));

    /// <summary>The validation errors of the input; empty if valid. The activity must exist.</summary>
    public IReadOnlyList<FieldError> CheckInput(string connector, string activity, JsonElement input) =>
        inputs[(connector, activity)].Check(input);

    public bool HasActivity(string connector, string activity) => inputs.ContainsKey((connector, activity));

    private static bool EqualsIgnoringCase(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static bool ContainsIgnoringCase(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
