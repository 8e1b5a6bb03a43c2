using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Domain.Token;
using EventSourcing;

namespace Connections.Operations.SignIns;

/// <summary>A connector that uses sign-in, and the operator's OAuth application there.</summary>
public sealed record SignInConnector(CatalogueEntry Entry, OAuthDefinition OAuth, OAuthApplication Application)
{
    public IEnumerable<string> Scopes => Entry.Scopes.Select(s => s.Name);

    /// <summary>The connector with the settings of a connection in its addresses.</summary>
    public SignInConnector With(JsonElement settings) => this with { OAuth = OAuth.With(OAuth.Used(settings)) };

    public IReadOnlyList<string> Granted(Grant grant) => Entry.Granted(grant);

    /// <summary>Scopes that were requested and not granted.</summary>
    public IReadOnlyList<string> Missing(Grant grant) => [.. Scopes.Except(Granted(grant))];
}

/// <summary>Finds connectors that use sign-in.</summary>
public sealed class SignInConnectors(ConnectorCatalogue catalogue, OAuthApplications applications)
{
    /// <summary>Whether a connection with these settings is made by a sign-in.</summary>
    public bool Knows(string? connector, JsonElement settings) => catalogue.Find(connector ?? "")?.Entry.SignsIn(settings) == true;

    /// <summary>The provider's issuer identifier; null where the definition has none.</summary>
    public string? Issuer(string connector, string workspace) =>
        catalogue.Find(connector)?.Entry.OAuth is { Issuer: { } issuer } oauth ? applications.Find(connector, workspace)?.Fill(issuer, oauth) : null;

    /// <summary>The values to keep of a callback's parameters; null if one of them has a value that the definition does not list.</summary>
    public IReadOnlyDictionary<string, string>? Named(string connector, IReadOnlyDictionary<string, string> parameters, JsonElement settings) =>
        catalogue.Find(connector)?.Entry.OAuth is { } oauth ? oauth.Named(parameters, settings) : new Dictionary<string, string>();

    /// <summary>Scopes that are requested and were not granted.</summary>
    public IReadOnlyList<string> Missing(string connector, IReadOnlyList<string>? granted) =>
        granted is null ? [] : [.. (catalogue.Find(connector)?.Entry.Scopes ?? []).Select(s => s.Name).Except(granted)];

    /// <exception cref="RejectedException"><c>connector.not-found</c>, <c>connector.not-configured</c></exception>
    public SignInConnector Find(string connector, string workspace)
    {
        if (catalogue.Find(connector)?.Entry is not { OAuth: { } oauth } entry)
            throw new RejectedException("connector.not-found", $"There is no connector \"{connector}\" that uses sign-in.");
        return applications.Find(connector, workspace) is { } application
            ? new SignInConnector(entry, oauth, application)
            : throw new RejectedException(
                "connector.not-configured",
                $"No OAuth application is configured for {entry.Name}. Register one there and set OAuth:{connector}:ClientId.");
    }
}
