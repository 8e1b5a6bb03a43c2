using System.Collections.Concurrent;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Connectors.OAuth;
using Connections.Console.Pages;
using Connections.Console.Rendering;
using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Connections.ReadModels.Connections;
using Connections.Web.Keys;
using EventSourcing;
using Microsoft.Extensions.Options;

namespace Connections.Console.Endpoints;

/// <summary>The apps of the catalogue as a workspace sees them.</summary>
internal sealed class Apps(
    ConnectorCatalogue catalogue, OAuthApplications applications, ConnectionQueries connections, IOptions<NetworkOptions> network)
{
    public IReadOnlyDictionary<string, CatalogueEntry> All { get; } = catalogue.Entries.ToDictionary(e => e.Id);

    public IReadOnlyList<string> Egress => [.. network.Value.EgressAddresses];

    /// <summary>The users' definitions with mistakes whose file name contains the text.</summary>
    public IReadOnlyList<BrokenConnector> Broken(string? text) =>
        [.. catalogue.Broken.Where(b => b.Name.Contains(text?.Trim() ?? "", StringComparison.OrdinalIgnoreCase))];

    public CatalogueEntry? Entry(string id) => catalogue.Find(id)?.Entry;

    public AppCard Card(CatalogueEntry entry, string workspace, long connected) => new(
        entry, connected,
        entry is { OAuth: not null, OAuthWay: null } && applications.Find(entry.Id, workspace) is null ? $"OAuth:{entry.Id}:ClientId" : null);

    public async Task<AppCard> Card(string id, string workspace, CancellationToken ct)
    {
        var entry = Entry(id) ?? throw new RejectedException("connector.not-found", "There is no such app.");
        return Card(entry, workspace, (await connections.ByConnector(workspace, ct)).GetValueOrDefault(id));
    }

    /// <summary>The apps whose name, description or activities contain the text.</summary>
    public async Task<IReadOnlyList<AppCard>> Search(string? text, string workspace, CancellationToken ct)
    {
        var counts = await connections.ByConnector(workspace, ct);
        var found = string.IsNullOrWhiteSpace(text) ? catalogue.Entries : catalogue.Entries.Where(e =>
            new[] { e.Id, e.Name, e.Description }.Concat(e.Activities.SelectMany(a => new[] { a.Name, a.Description }))
                .Any(t => t.Contains(text.Trim(), StringComparison.OrdinalIgnoreCase)));
        return [.. found.Select(e => Card(e, workspace, counts.GetValueOrDefault(e.Id)))];
    }
}

/// <summary>The names of those who act: keys and people by their name, parts of the service in words.</summary>
internal sealed class Actors(ApiKeys keys, SessionStore people)
{
    private readonly ConcurrentDictionary<(string, string), string> names = new();

    public async Task<string> Name(string workspace, string actor, CancellationToken ct)
    {
        if (!Guid.TryParse(actor, out var id)) return actor switch { "bus" => "a message on the bus", "" => "the service", _ => actor };
        if (names.TryGetValue((workspace, actor), out var known)) return known;
        // A person chooses the name at the provider, perhaps that of a key or "the service": so each kind has its own form.
        var name = (await keys.Get(workspace, id, ct))?.Name is { } key ? $"key “{key}”"
            : await people.PersonName(workspace, id, ct) is { } person ? $"person “{person}”"
            : "a deleted key";
        if (names.Count > 10_000) names.Clear();
        return names[(workspace, actor)] = name;
    }
}

internal static class Page
{
    public static Task Show<TPage, TModel>(HttpContext http, TModel model, int status = 200, bool keepTyped = false)
        where TPage : PageBase<TModel> =>
        http.RequestServices.GetRequiredService<PageRenderer>().Write<TPage, TModel>(http, model, status, keepTyped);

    /// <summary>Sends the browser on after a post: a page of this service, below the base.</summary>
    public static Task Go(HttpContext http, string page) => PageRenderer.Go(http, page);

    /// <summary>A page of this service, from a text that a browser sent; the first page if it is none.</summary>
    public static string Local(string? next) =>
        next is { Length: > 0 and <= 1000 } && char.IsAsciiLetter(next[0]) && next.All(c => c is > ' ' and <= '~' and not (':' or '\\'))
            ? next : "";

    public static string Workspace(this HttpContext http) => http.Key().Workspace;

    public static async Task<IFormCollection> Form(this HttpContext http) => await http.Request.ReadFormAsync(http.RequestAborted);
}
