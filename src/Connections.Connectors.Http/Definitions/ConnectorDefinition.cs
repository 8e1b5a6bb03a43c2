using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;

namespace Connections.Connectors.Definitions;

/// <summary>A connector without code: a catalogue entry and one HTTP request per activity. The sign-in is always OAuth.</summary>
/// <param name="BaseUrl">The base URL of the API; a template like the addresses of the OAuth definition.</param>
/// <param name="Calls">The requests by activity id.</param>
public sealed record ConnectorDefinition(CatalogueEntry Entry, string BaseUrl, DefinedIdentity Identity, IReadOnlyDictionary<string, DefinedCall> Calls)
{
    public OAuthDefinition OAuth => Entry.OAuth ?? throw new InvalidOperationException($"{Entry.Id} has no OAuth definition.");
}

/// <summary>One request. Input members named in the path go into the path; the others form the query of a GET, or the body.</summary>
/// <param name="Path">Relative to the base URL; <c>{name}</c> is replaced by that member of the input.</param>
public sealed record DefinedCall(string Method, string Path);

/// <summary>The request that identifies the account, and the members of its response.</summary>
/// <param name="Path">Relative to the connector's base URL.</param>
/// <param name="Id">The member with the stable id.</param>
/// <param name="Display">The member with the name shown to people.</param>
public sealed record DefinedIdentity(string Path, string Id, string Display, string Basis);
