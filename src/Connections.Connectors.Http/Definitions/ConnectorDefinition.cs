using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Definitions;

/// <summary>A connector without code: a catalogue entry, its sign-in, and one HTTP request per activity.</summary>
/// <param name="BaseUrl">
/// The base URL of the API; a template. With OAuth, it is filled with values of the operator's application, otherwise with
/// <c>{settings.x}</c>.
/// </param>
/// <param name="Calls">The requests by activity id.</param>
/// <param name="SignIn">The use of typed credentials; null if the entry has an OAuth definition.</param>
public sealed record ConnectorDefinition(
    CatalogueEntry Entry,
    string BaseUrl,
    DefinedIdentity Identity,
    IReadOnlyDictionary<string, DefinedCall> Calls,
    DefinedSignIn? SignIn = null)
{
    /// <exception cref="InvalidOperationException">The definition is incomplete. The message says what to add.</exception>
    public void Check()
    {
        if (Problem() is { } problem) throw new InvalidOperationException($"The definition of the connector \"{Entry.Id}\" {problem}");
    }

    private string? Problem()
    {
        if (Entry.OAuth is null && SignIn is null) return "names no sign-in: set OAuth in its catalogue entry, or SignIn.";
        if (Entry.OAuth is not null && SignIn is not null) return "names two sign-ins: OAuth in its catalogue entry, and SignIn. Remove one.";
        if (Entry.Activities.FirstOrDefault(a => !Calls.ContainsKey(a.Id)) is { } activity)
            return $"has no request for the activity \"{activity.Id}\".";
        string[] known = [.. Entry.Settings.Select(f => $"settings.{f.Name}"), .. Entry.Credentials.Select(f => $"credentials.{f.Name}")];
        return SignIn?.Templates.Append(BaseUrl).SelectMany(FormTemplate.Names).FirstOrDefault(name => !known.Contains(name)) is { } unknown
            ? $"uses {{{unknown}}}, which is no field of its form."
            : null;
    }
}

/// <summary>One request. Input members named in the path go into the path; the others form the query of a GET, or the body.</summary>
/// <param name="Path">Relative to the base URL; <c>{name}</c> is replaced by that member of the input.</param>
public sealed record DefinedCall(string Method, string Path);

/// <summary>The request that identifies the account, and the members of its response.</summary>
/// <param name="Path">Relative to the connector's base URL.</param>
/// <param name="Id">The member with the stable id.</param>
/// <param name="Display">The member with the name shown to people.</param>
public sealed record DefinedIdentity(string Path, string Id, string Display, string Basis);
