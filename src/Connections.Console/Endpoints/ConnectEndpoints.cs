using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Console.Forms;
using Connections.Console.Pages;
using Connections.Console.Words;
using Connections.Domain.Connection;
using Connections.Hosting.Keys;
using Connections.Operations.Connections;
using Connections.Operations.SignIns;
using Connections.ReadModels.Connections;
using Connections.Web.Keys;
using Connections.Web.OAuth;
using Connections.Web.Steps;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <summary>The form of a new connection: test, test and save, or go on to the provider.</summary>
internal static class ConnectEndpoints
{
    private sealed record Parts(Apps Apps, CreateConnections Create, OAuthConnections SignIns, SignInCookies Cookies);

    public static void MapConnect(this IEndpointRouteBuilder routes)
    {
        routes.MapGet("/connect/{connector}", Show).Needs(Role.Manager);
        routes.MapPost("/connect/{connector}", (string connector, HttpContext http, Apps apps, CreateConnections create, OAuthConnections signIns, SignInCookies cookies) =>
            Send(connector, http, new Parts(apps, create, signIns, cookies))).Needs(Role.Manager);
        routes.MapGet("/connect/{connector}/name", async (string connector, string? name, HttpContext http, ConnectionQueries rows, CancellationToken ct) =>
        {
            if (ConnectionName.Problem(name) is { } problem) return Results.Json(new { problem });
            var taken = await rows.Named(http.Workspace(), connector, name!, ct);
            return Results.Json(new { free = taken is null, id = taken?.Id });
        }).Needs(Role.Manager);
    }

    /// <param name="from">The connection whose sign-in failed: its form is shown again, with the reason.</param>
    /// <param name="way">The way to sign in, where the app has several.</param>
    private static async Task Show(string connector, Guid? from, string? way, HttpContext http, Apps apps, SignInAttempts attempts, CancellationToken ct)
    {
        var card = await apps.Card(connector, http.Workspace(), ct);
        var before = from is { } id ? await attempts.LastFailure(http.GetRequestContext().Connection(id), ct) : null;
        var texts = before is null ? [] : FormView.Texts(before.Name, before.Settings, default);
        if (way is not null) texts[$"{TypedForm.SettingPrefix}{CatalogueEntry.Authenticating}"] = way;
        var form = FormView.Create(card.Entry, texts, []);
        var tried = before is null ? TriedForm.Not : new TriedForm([], before.Reason, []);
        await Page.Show<ConnectPage, ConnectModel>(
            http, new ConnectModel(card, Guid.NewGuid(), before?.Name ?? "", form, tried, apps.Egress), keepTyped: true);
    }

    private static async Task Send(string connector, HttpContext http, Parts parts)
    {
        var card = await parts.Apps.Card(connector, http.Workspace(), http.RequestAborted);
        var form = await http.Form();
        var typed = TypedForm.Read(card.Entry, form);
        var id = Guid.TryParse(form["id"], out var given) ? given : Guid.NewGuid();
        var signsIn = card.Entry.SignsIn(typed.Settings);
        var wanted = new NewConnection(
            id, connector, form["name"], typed.Settings, signsIn ? null : typed.Credentials, form["skipTest"] == "true");
        var test = form["do"] == "test";
        if (StepStream.IsWanted(http))
        {
            // The cookie of a sign-in has to be set before the first line is sent.
            var begun = signsIn ? await Begin(http, wanted, typed, parts) : null;
            await WordStream.Write(http, parts.Apps.Egress, steps => begun is not null ? Task.FromResult(begun) : Work(http, wanted, typed, test, parts, steps));
            return;
        }

        var collected = new CollectedSteps(parts.Apps.Egress);
        try
        {
            var end = signsIn ? await Begin(http, wanted, typed, parts) : await Work(http, wanted, typed, test, parts, collected);
            if (end is Ended { Go: { } page } && !signsIn)
            {
                await Page.Go(http, page);
                return;
            }

            await Again(new TriedForm(collected.Steps, null, [], (end as Ended)?.Done), (end as Ended)?.Go, 200);
        }
        catch (RejectedException rejected)
        {
            var mayskip = rejected.Facts.ContainsKey("kind");
            await Again(new TriedForm(collected.Steps, StepWords.Problem(rejected.Message, collected.Steps), rejected.Errors, null, mayskip), null, 422);
        }

        Task Again(TriedForm tried, string? goOn, int status) => Page.Show<ConnectPage, ConnectModel>(
            http,
            new ConnectModel(card, id, form["name"].ToString(), FormView.Create(card.Entry, typed.Texts, tried.Errors), tried, parts.Apps.Egress, goOn),
            status);
    }

    /// <summary>How a form ended: the page to go on to, or a sentence.</summary>
    internal sealed record Ended(string? Go, string? Done = null);

    private static async Task<object> Work(
        HttpContext http, NewConnection wanted, TypedForm typed, bool test, Parts parts, IProgress<ProbeStep> steps)
    {
        if (typed.Errors.Count > 0) throw ConnectionForms.Invalid(typed.Errors);
        if (!test)
        {
            await parts.Create.Create(http.GetRequestContext(), wanted, http.RequestAborted, steps);
            return new Ended($"connections/{wanted.Id}");
        }

        var tested = await parts.Create.Test(http.GetRequestContext(), wanted.Connector, wanted.Settings, wanted.Credentials, http.RequestAborted, steps);
        return tested.Result.Failure is null
            ? new Ended(null, $"It works. Signed in as {tested.Result.Account?.Display}. Nothing is saved yet.")
            : throw new RejectedException("connection.test-failed", tested.Message)
            {
                Facts = new Dictionary<string, object?> { ["kind"] = tested.Outcome }
            };
    }

    private static async Task<object> Begin(HttpContext http, NewConnection wanted, TypedForm typed, Parts parts)
    {
        try
        {
            if (typed.Errors.Count > 0) throw ConnectionForms.Invalid(typed.Errors);
            return await parts.SignIns.Create(http, wanted, http.RequestAborted) is { } signIn
                ? new Ended(parts.Cookies.ReturnToConsole(http, signIn))
                : new Ended($"connections/{wanted.Id}");
        }
        catch (RejectedException rejected) when (StepStream.IsWanted(http))
        {
            return WordStream.Problem(rejected, []);
        }
    }
}
