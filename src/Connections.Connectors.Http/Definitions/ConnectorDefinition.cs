using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;

namespace Connections.Connectors.Definitions;

/// <summary>A connector that needs no code of its own: an entry of the catalogue, and the request behind each activity.</summary>
/// <param name="BaseUrl">Where its API begins; a template like the addresses of its OAuth definition.</param>
/// <param name="Calls">By the activity's id.</param>
public sealed record ConnectorDefinition(CatalogueEntry Entry, string BaseUrl, DefinedIdentity Identity, IReadOnlyDictionary<string, DefinedCall> Calls)
{
    public OAuthDefinition OAuth => Entry.OAuth ?? throw new InvalidOperationException($"{Entry.Id} does not say how one signs in.");
}

/// <summary>One request: members of the input that the path names go there; the rest is the query of a GET, or the body.</summary>
/// <param name="Path">Below the base address; <c>{name}</c> stands for a member of the input.</param>
public sealed record DefinedCall(string Method, string Path);

/// <summary>Who signed in: what is asked of the API, and where the answer says it.</summary>
/// <param name="Path">Below the connector's base address.</param>
/// <param name="Id">The member that never changes.</param>
/// <param name="Display">The member that people recognise.</param>
public sealed record DefinedIdentity(string Path, string Id, string Display, string Basis);
