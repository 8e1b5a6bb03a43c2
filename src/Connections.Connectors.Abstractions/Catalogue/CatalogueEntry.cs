using System.Text.Json.Nodes;
using Connections.Connectors.OAuth;
using Connections.Domain.Token;

namespace Connections.Connectors.Catalogue;

/// <summary>What the marketplace shows of a connector, and what forms and workflow editors are built from.</summary>
/// <param name="Authentication"><c>password</c>, <c>apiKey</c>, <c>oauth2</c>, <c>none</c>.</param>
/// <param name="Settings">Fields of the form that are not secret: seen by everyone who may read the connection.</param>
/// <param name="Credentials">Fields of the form that go to the vault; those not marked secret (a user name) are shown again.</param>
/// <param name="OAuth">How one signs in; null where <paramref name="Authentication"/> is not <c>oauth2</c>.</param>
/// <param name="Concurrency">Activities of one connection at a time, per worker process.</param>
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
    OAuthDefinition? OAuth = null)
{
    /// <summary>Those of <see cref="Scopes"/> that were granted, by our names; a provider that tells nothing granted all.</summary>
    public IReadOnlyList<string> Granted(Grant grant) =>
        [.. Scopes.Select(s => s.Name).Where(name => grant.Scopes is not { } told || told.Contains(name) || IsToldAs(name, told))];

    private bool IsToldAs(string scope, IReadOnlyList<string> told) =>
        OAuth?.GrantedAs?.TryGetValue(scope, out var other) == true && (other is null || told.Contains(other));
}

/// <param name="Type"><c>string</c>, <c>integer</c>, <c>boolean</c>, <c>text</c> (several lines), <c>object</c>.</param>
/// <param name="Options">The values to choose from; null where any value will do.</param>
/// <param name="Help">Where a person finds the value, what it means.</param>
/// <param name="MaxBytes">Of a text in UTF-8; 8 KB where it says nothing.</param>
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
    int? MaxBytes = null);

/// <summary>A right asked of the provider, with the reason that people are shown.</summary>
public sealed record Scope(string Name, string Reason);

/// <summary>Something a connector can do. Input and output are JSON Schemas.</summary>
public sealed record ActivityDescription(string Id, string Name, string Description, JsonNode Input, JsonNode Output, JsonNode? Example = null);
