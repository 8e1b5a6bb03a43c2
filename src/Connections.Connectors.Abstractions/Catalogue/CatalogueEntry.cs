using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Connections.Connectors.OAuth;
using Connections.Domain.Token;

namespace Connections.Connectors.Catalogue;

/// <summary>The description of a connector, from which the marketplace, forms and workflow editors are built.</summary>
/// <param name="Authentication"><c>password</c>, <c>apiKey</c>, <c>oauth2</c>, <c>none</c>.</param>
/// <param name="Settings">Form fields that are not secret. Everyone who may read the connection sees their values.</param>
/// <param name="Credentials">Form fields that are stored in the vault. Fields not marked secret (a user name) are shown to readers.</param>
/// <param name="OAuth">The provider's OAuth definition; null if <paramref name="Authentication"/> is not <c>oauth2</c>.</param>
/// <param name="Concurrency">Maximum number of concurrent activities per connection and worker process.</param>
/// <param name="Documentation">The address of the provider's documentation.</param>
/// <param name="Custom">Whether a user defined the connector: its file is in the folder <c>Connectors:Folder</c>.</param>
/// <param name="Version">The version of the definition, a hash of its file; null for a connector in code.</param>
public sealed record CatalogueEntry(
    string Id,
    string Name,
    string Category,
    string Description,
    string Authentication,
    IReadOnlyList<FormField> Settings,
    IReadOnlyList<FormField> Credentials,
    IReadOnlyList<Scope> Scopes,
    IReadOnlyList<ActivityDescription> Activities,
    int Concurrency = 10,
    OAuthDefinition? OAuth = null,
    string? Documentation = null,
    bool Custom = false,
    string? Version = null)
{
    /// <summary>The setting that chooses one of several ways to sign in.</summary>
    public const string Authenticating = "authentication";

    /// <summary>The way to sign in that uses <see cref="OAuth"/>, where the connector has several; null: it has one.</summary>
    public string? OAuthWay { get; init; }

    /// <summary>Whether a connection with these settings is made by a sign-in at the provider, and not by typed credentials.</summary>
    public bool SignsIn(JsonElement settings) => SignsIn(Way(settings));

    /// <param name="way">The chosen way to sign in; null where there is only one.</param>
    public bool SignsIn(string? way) => OAuth is not null && (OAuthWay is null || OAuthWay == way);

    /// <summary>The name of an activity, for people. The id of one that the connector no longer has.</summary>
    public string ActivityName(string id) => Activities.FirstOrDefault(a => a.Id == id)?.Name ?? id;

    /// <summary>The chosen way to sign in; null where there is only one.</summary>
    public string? Way(JsonElement settings) => Json.Text(settings, Authenticating)
        ?? (string?)Settings.FirstOrDefault(f => f.Name == Authenticating)?.Default;

    /// <summary>
    /// The granted subset of <see cref="Scopes"/>, by the names used here. A provider that lists no scopes granted all of them.
    /// </summary>
    public IReadOnlyList<string> Granted(Grant grant) =>
        [.. Scopes.Select(s => s.Name).Where(name => grant.Scopes is not { } granted || granted.Contains(name) || IsGrantedAs(name, granted))];

    private bool IsGrantedAs(string scope, IReadOnlyList<string> granted) =>
        OAuth?.GrantedAs?.TryGetValue(scope, out var other) == true && (other is null || granted.Contains(other));
}

/// <param name="Type"><c>string</c>, <c>integer</c>, <c>boolean</c>, <c>text</c> (several lines), <c>object</c>.</param>
/// <param name="Options">The allowed values; null if any value is allowed.</param>
/// <param name="Help">The meaning of the value, and where a person finds it.</param>
/// <param name="MaxBytes">Maximum length of a text in UTF-8; 8 KB if null.</param>
/// <param name="Trimmed">Whether blanks and line ends around the text are removed.</param>
/// <param name="Prefixes">Beginnings that people paste with a token and that are removed, in this order, whatever their case.</param>
/// <param name="Pattern">A regular expression that the whole text must match; null if any text is allowed.</param>
/// <param name="SecretUnless">The field without which this one is a secret: a user name without a password is a key.</param>
public sealed record FormField(
    string Name,
    string Label,
    string Type,
    bool Required,
    bool Secret,
    string Help,
    JsonNode? Example = null,
    JsonNode? Default = null,
    IReadOnlyList<string>? Options = null,
    long? Minimum = null,
    long? Maximum = null,
    int? MaxBytes = null,
    [property: JsonIgnore] bool Trimmed = false,
    [property: JsonIgnore] IReadOnlyList<string>? Prefixes = null,
    [property: JsonIgnore] string? SecretUnless = null,
    string? Pattern = null)
{
    /// <summary>The ways to sign in that use the field (values of the setting <c>authentication</c>); null: all.</summary>
    public IReadOnlyList<string>? For { get; init; }

    /// <summary>The text that people read for each of <see cref="Options"/>; null where the options themselves are readable.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string>? Labels { get; init; }
}

/// <summary>A scope requested from the provider, with the reason shown to people.</summary>
public sealed record Scope(string Name, string Reason);

/// <summary>An activity of a connector. Input and output are JSON Schemas.</summary>
public sealed record ActivityDescription(string Id, string Name, string Description, JsonNode Input, JsonNode Output, JsonNode? Example = null);
