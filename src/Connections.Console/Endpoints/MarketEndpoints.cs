using Connections.Console.Pages;
using Connections.Domain.Token;
using Connections.Hosting.Keys;
using Connections.Web.Keys;

namespace Connections.Console.Endpoints;

internal static class MarketEndpoints
{
    private static readonly string[] Categories = ["database", "mail", "messaging", "files", "storage", "hr", "ai", "http"];

    public static void MapMarket(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/marketplace", async (string? q, HttpContext http, Apps apps, CancellationToken ct) =>
        {
            var found = await apps.Search(q, http.Workspace(), ct);
            var groups = found.Where(c => !c.Entry.Custom).GroupBy(c => c.Entry.Category).OrderBy(g => Rank(g.Key)).ThenBy(g => g.Key, StringComparer.Ordinal).ToList();
            await Page.Show<MarketPage, MarketModel>(http, new MarketModel(groups, [.. found.Where(c => c.Entry.Custom)], apps.Broken(q), q ?? ""));
        }).Needs(Role.Viewer);
        routes.MapGet("/marketplace/{connector}", async (string connector, HttpContext http, Apps apps, IGrantLifetimes lives, CancellationToken ct) =>
        {
            var card = await apps.Card(connector, http.Workspace(), ct);
            await Page.Show<AppPage, AppModel>(http, new AppModel(card, apps.Egress, card.Entry.OAuth is null ? null : Lasts(lives.For(connector))));
        }).Needs(Role.Viewer);
    }

    private static int Rank(string category) => Array.IndexOf(Categories, category) is >= 0 and var rank ? rank : Categories.Length;

    private static string Lasts(GrantLifetime lifetime) => (lifetime.IdleLimit, lifetime.AbsoluteLimit) switch
    {
        (_, { } all) => $"A sign-in lasts {Words.TimeWords.Days(all)}, used or not.",
        ({ } unused, _) => $"A sign-in lasts as long as it is used at least every {Words.TimeWords.Days(unused)}; the service sees to that.",
        _ => "The provider names no end of a sign-in."
    };
}
