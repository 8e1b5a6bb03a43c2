using System.Text.Json;
using EventSourcing;

namespace Connections.Connectors.Catalogue;

/// <summary>A user's definition that cannot be used.</summary>
/// <param name="Name">The name of its file.</param>
/// <param name="Faults">The mistakes: place, what is wrong, and what to write instead.</param>
public sealed record BrokenConnector(string Name, IReadOnlyList<string> Faults);

/// <summary>Every connector of this process, by id.</summary>
public sealed class ConnectorCatalogue
{
    private readonly Dictionary<string, IConnector> connectors;
    // A schema is parsed when an activity is first checked: all of them would take a large part of the start.
    private readonly Dictionary<(string Connector, string Activity), Lazy<InputSchema>> inputs;

    /// <param name="broken">Definitions of users that have mistakes.</param>
    public ConnectorCatalogue(IEnumerable<IConnector> connectors, IEnumerable<BrokenConnector>? broken = null)
    {
        var all = connectors.OrderBy(c => c.Entry.Custom).ToList();
        this.connectors = all.Where(c => !c.Entry.Custom).ToDictionary(c => c.Entry.Id, StringComparer.Ordinal);
        var taken = all.Where(c => c.Entry.Custom && !this.connectors.TryAdd(c.Entry.Id, c)).ToList();
        Broken = [.. broken ?? [], .. taken.Select(c => new BrokenConnector(
            c.Entry.Id, [$"There is another connector \"{c.Entry.Id}\"; choose another id in the file."]))];
        inputs = this.connectors.Values
            .SelectMany(c => c.Entry.Activities, (c, a) => (c.Entry.Id, Activity: a))
            .ToDictionary(x => (x.Id, x.Activity.Id), x => new Lazy<InputSchema>(() => InputSchema.Parse(x.Activity.Input)));
        Entries = [.. this.connectors.Values.Select(c => c.Entry).OrderBy(e => e.Name, StringComparer.OrdinalIgnoreCase)];
    }

    /// <summary>All entries, sorted by name.</summary>
    public IReadOnlyList<CatalogueEntry> Entries { get; }

    /// <summary>Definitions of users that cannot be used, with their mistakes.</summary>
    public IReadOnlyList<BrokenConnector> Broken { get; }

    /// <summary>Why there is no connector of this id, in one sentence.</summary>
    public string Absence(string? id) => Broken.FirstOrDefault(b => Path.GetFileNameWithoutExtension(b.Name) == id) is { } broken
        ? $"The connector \"{id}\" is left out, because {broken.Name} has mistakes, such as: {broken.Faults[0]}"
        : $"There is no connector \"{id}\".";

    public IConnector? Find(string id) => connectors.GetValueOrDefault(id);

    /// <param name="category">Must match exactly, ignoring case; null for all.</param>
    /// <param name="q">Must occur in the id, name or description; null for all.</param>
    public IEnumerable<CatalogueEntry> Search(string? category, string? q) => Entries.Where(e =>
        (string.IsNullOrWhiteSpace(category) || EqualsIgnoringCase(e.Category, category.Trim()))
        && (string.IsNullOrWhiteSpace(q) || new[] { e.Id, e.Name, e.Description }.Any(text => ContainsIgnoringCase(text, q.Trim()))));

    /// <summary>The validation errors of the input; empty if valid. The activity must exist.</summary>
    public IReadOnlyList<FieldError> CheckInput(string connector, string activity, JsonElement input) =>
        inputs[(connector, activity)].Value.Check(input);

    public bool HasActivity(string connector, string activity) => inputs.ContainsKey((connector, activity));

    private static bool EqualsIgnoringCase(string a, string b) => a.Equals(b, StringComparison.OrdinalIgnoreCase);

    private static bool ContainsIgnoringCase(string text, string part) => text.Contains(part, StringComparison.OrdinalIgnoreCase);
}
