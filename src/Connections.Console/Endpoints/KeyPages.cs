using System.Globalization;
using Connections.Console.Pages;
using Connections.Hosting.Keys;
using Connections.ReadModels;
using Connections.Web.Keys;
using Connections.Web.Sessions;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <summary>The API keys of the workspace.</summary>
internal static class KeyPages
{
    private const int Most = 1_000;

    public static void MapKeyPages(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/keys", (HttpContext http, ApiKeys keys) => Show(http, keys, null, [], "", "viewer", 200)).Needs(Role.Admin);
        routes.MapPost("/keys", Create).Needs(Role.Admin);
        routes.MapPost("/keys/{id:guid}/delete", async (Guid id, HttpContext http, ApiKeys keys, KeyCache cache, BrowserSessions sessions, CancellationToken ct) =>
        {
            var key = await keys.Get(http.Workspace(), id, ct) ?? throw new RejectedException("key.not-found", "There is no such key.");
            if (key.Role > http.Key().Role) throw new RejectedException("request.forbidden", "Only an operator's key may delete an operator's key.");
            await keys.Delete(id, ct);
            cache.Forget(id);
            sessions.Forget(id);
            await Page.Go(http, "keys");
        }).Needs(Role.Admin);
    }

    private static async Task Create(HttpContext http, ApiKeys keys, TimeProvider clock, CancellationToken ct)
    {
        var form = await http.Form();
        var (name, role) = (form["name"].ToString(), form["role"].ToString());
        var ends = int.TryParse(form["days"], CultureInfo.InvariantCulture, out var days) ? clock.GetUtcNow() + TimeSpan.FromDays(Math.Clamp(days, 1, 3650)) : (DateTimeOffset?)null;
        try
        {
            var request = KeyRequest.Read(name, role, null, ends, http.Workspace(), mayNameWorkspace: false, clock.GetUtcNow());
            var (_, key) = await keys.Create(request.Name, request.Role, request.Workspace, request.ExpiresAt, ct);
            await Show(http, keys, key, [], "", "viewer", 200);
        }
        catch (RejectedException rejected) when (rejected.Errors.Count > 0)
        {
            await Show(http, keys, null, rejected.Errors, name, role, 422);
        }
    }

    private static async Task Show(
        HttpContext http, ApiKeys keys, string? created, IReadOnlyList<FieldError> errors, string name, string role, int status) =>
        await Page.Show<KeysPage, KeysModel>(
            http, new KeysModel(await keys.List(http.Workspace(), Most, Cursor.Before, http.RequestAborted), created, errors, name, role), status);
}
