using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.OAuth;
using Connections.Console.Forms;
using Connections.Console.Pages;
using Connections.Console.Words;
using Connections.Hosting.Keys;
using Connections.Operations.Connections;
using Connections.Operations.SignIns;
using Connections.ReadModels.Usage;
using Connections.Web.Keys;
using Connections.Web.OAuth;
using Connections.Web.Responses;
using Connections.Web.Steps;
using EventSourcing;

namespace Connections.Console.Endpoints;

/// <summary>Test, reconnect, rename and delete a connection.</summary>
internal static class ChangeEndpoints
{
    private sealed record Parts(Apps Apps, ConnectionResponses Answers, ChangeConnections Change, OAuthConnections SignIns, SignInCookies Cookies);

    public static void MapConnectionChanges(this IEndpointRouteBuilder routes)
    {
        routes.MapPost("/connections/{id:guid}/test", Test).Needs(Role.Manager);
        routes.MapGet("/connections/{id:guid}/reconnect", (Guid id, HttpContext http, Apps apps, ConnectionResponses answers, ChangeConnections change, OAuthConnections signIns, SignInCookies cookies, SignInAttempts attempts) =>
            ShowReconnect(id, http, new Parts(apps, answers, change, signIns, cookies), attempts)).Needs(Role.Manager);
        routes.MapPost("/connections/{id:guid}/reconnect", (Guid id, HttpContext http, Apps apps, ConnectionResponses answers, ChangeConnections change, OAuthConnections signIns, SignInCookies cookies) =>
            Reconnect(id, http, new Parts(apps, answers, change, signIns, cookies))).Needs(Role.Manager);
        routes.MapGet("/connections/{id:guid}/rename", async (Guid id, HttpContext http, ConnectionResponses answers, CancellationToken ct) =>
        {
            var connection = await answers.Now(http.GetRequestContext().Connection(id), ct);
            await Page.Show<RenamePage, RenameModel>(http, new RenameModel(connection, connection.Name, null), keepTyped: true);
        }).Needs(Role.Manager);
        routes.MapPost("/connections/{id:guid}/rename", Rename).Needs(Role.Manager);
        routes.MapGet("/connections/{id:guid}/delete", (Guid id, HttpContext http, ConnectionDetails details, ConnectionResponses answers, UsageQueries usage) =>
            ShowDelete(id, http, details, answers, usage, null)).Needs(Role.Manager);
        routes.MapPost("/connections/{id:guid}/delete", Delete).Needs(Role.Manager);
    }

    private static async Task Test(Guid id, HttpContext http, TestConnections tests, ConnectionDetails details, CancellationToken ct)
    {
        if (StepStream.IsWanted(http))
        {
            await WordStream.Write(http, details.Apps.Egress, async steps =>
            {
                var streamed = await tests.Test(http.GetRequestContext(), id, ct, steps);
                return streamed.Result.Ok ? new ConnectEndpoints.Ended(null, "It works.")
                    : throw new RejectedException("connection.test-failed", streamed.Message);
            });
            return;
        }

        var collected = new CollectedSteps(details.Apps.Egress);
        var tested = await tests.Test(http.GetRequestContext(), id, ct, collected);
        var tried = new TriedForm(collected.Steps, tested.Result.Ok ? null : StepWords.Problem(tested.Message, collected.Steps), [], tested.Result.Ok ? "It works." : null);
        await Page.Show<DetailsPage, DetailsModel>(http, await details.Read(http.GetRequestContext(), id, null, tried, ct));
    }

    private static async Task ShowReconnect(Guid id, HttpContext http, Parts parts, SignInAttempts attempts)
    {
        var ct = http.RequestAborted;
        var connection = await parts.Answers.Now(http.GetRequestContext().Connection(id), ct);
        var tried = await attempts.LastFailure(http.GetRequestContext().Connection(id), ct) is { } attempt ? new TriedForm([], attempt.Reason, []) : TriedForm.Not;
        await Again(http, parts, connection, FormView.Texts(connection.Name, connection.Settings, connection.Credentials), tried, null, 200);
    }

    private static async Task Again(
        HttpContext http, Parts parts, ConnectionResponse connection, IReadOnlyDictionary<string, string> texts, TriedForm tried, string? goOn, int status)
    {
        var entry = parts.Apps.Entry(connection.Connector) ?? throw new RejectedException("connector.not-found", "There is no such app.");
        var since = await parts.Answers.CredentialsSince(http.GetRequestContext().Connection(connection.Id), http.RequestAborted);
        var form = FormView.Create(entry, texts, tried.Errors, Kept(connection, since));
        await Page.Show<ReconnectPage, ReconnectModel>(http, new ReconnectModel(connection, entry, form, tried, parts.Apps.Egress, goOn), status, keepTyped: status == 200);
    }

    private static Dictionary<string, string> Kept(ConnectionResponse connection, DateTimeOffset? since)
    {
        if (connection.Credentials.ValueKind != System.Text.Json.JsonValueKind.Object) return [];
        var which = $"version {connection.CredentialVersion}{(since is { } at ? $", since {TimeWords.Day(at)}" : "")}";
        return connection.Credentials.EnumerateObject().Where(p => p.Value.ValueEquals("***")).ToDictionary(p => p.Name, _ => which);
    }

    private static async Task Reconnect(Guid id, HttpContext http, Parts parts)
    {
        var ct = http.RequestAborted;
        var connection = await parts.Answers.Now(http.GetRequestContext().Connection(id), ct);
        var entry = parts.Apps.Entry(connection.Connector) ?? throw new RejectedException("connector.not-found", "There is no such app.");
        var typed = TypedForm.Read(entry, await http.Form(), needsCredentials: false);
        if (StepStream.IsWanted(http))
        {
            var begun = entry.SignsIn(connection.Settings) ? await Begin(http, id, parts) : null;
            await WordStream.Write(http, parts.Apps.Egress, steps => begun is not null ? Task.FromResult(begun) : Work(id, http, typed, parts, steps));
            return;
        }

        var collected = new CollectedSteps(parts.Apps.Egress);
        try
        {
            if (entry.SignsIn(connection.Settings))
            {
                var end = (ConnectEndpoints.Ended)await Begin(http, id, parts);
                await Again(http, parts, connection, typed.Texts, TriedForm.Not, end.Go, 200);
                return;
            }

            await Work(id, http, typed, parts, collected);
            await Page.Go(http, $"connections/{id}");
        }
        catch (RejectedException rejected)
        {
            await Again(http, parts, connection, typed.Texts, new TriedForm(collected.Steps, StepWords.Problem(rejected.Message, collected.Steps), rejected.Errors), null, 422);
        }
    }

    private static async Task<object> Work(Guid id, HttpContext http, TypedForm typed, Parts parts, IProgress<ProbeStep> steps)
    {
        if (typed.Errors.Count > 0) throw ConnectionForms.Invalid(typed.Errors);
        await parts.Change.Reconnect(http.GetRequestContext(), id, new NewCredentials(typed.Settings, typed.Credentials), http.RequestAborted, steps);
        return new ConnectEndpoints.Ended($"connections/{id}");
    }

    private static async Task<object> Begin(HttpContext http, Guid id, Parts parts)
    {
        try
        {
            return new ConnectEndpoints.Ended(parts.Cookies.ReturnToConsole(http, await parts.SignIns.Reconnect(http, id, null, http.RequestAborted)));
        }
        catch (RejectedException rejected) when (StepStream.IsWanted(http))
        {
            return WordStream.Problem(rejected, []);
        }
    }

    private static async Task Rename(Guid id, HttpContext http, ChangeConnections change, ConnectionResponses answers, CancellationToken ct)
    {
        var name = (await http.Form())["name"].ToString();
        try
        {
            await change.Rename(http.GetRequestContext(), id, name, ct);
            await Page.Go(http, $"connections/{id}");
        }
        catch (RejectedException rejected) when (rejected.Code is "connection.invalid" or "connection.name-taken")
        {
            var connection = await answers.Now(http.GetRequestContext().Connection(id), ct);
            await Page.Show<RenamePage, RenameModel>(http, new RenameModel(connection, name, rejected.Message), 422);
        }
    }

    private static async Task ShowDelete(
        Guid id, HttpContext http, ConnectionDetails details, ConnectionResponses answers, UsageQueries usage, string? error)
    {
        var (context, ct) = (http.GetRequestContext(), http.RequestAborted);
        var connection = await answers.Now(context.Connection(id), ct);
        var entry = details.Apps.Entry(connection.Connector);
        var model = new DeleteModel(
            connection, entry?.Name ?? connection.Connector, await usage.Waiting(context.Connection(id), ct), await details.Uses(context, id, ct),
            await details.IsCounting(ct), Revoked(entry), error);
        await Page.Show<DeletePage, DeleteModel>(http, model, error is null ? 200 : 422);
    }

    private static string? Revoked(CatalogueEntry? entry) => entry?.OAuth?.Revoke switch
    {
        null => null,
        RevokeReach.Token => $"The sign-in is revoked at {entry.Name}.",
        _ => $"The sign-in is not revoked at {entry.Name}. To end it there too, remove our application from the account."
    };

    private static async Task Delete(
        Guid id, HttpContext http, ConnectionDetails details, ConnectionResponses answers, ChangeConnections change, UsageQueries usage, CancellationToken ct)
    {
        var connection = await answers.Now(http.GetRequestContext().Connection(id), ct);
        var used = await details.Uses(http.GetRequestContext(), id, ct);
        if ((used.Count > 0 || await details.IsCounting(ct)) && (await http.Form())["typed"].ToString().Trim() != connection.Name)
        {
            await ShowDelete(id, http, details, answers, usage, $"Type {connection.Name}, as it is written.");
            return;
        }

        await change.Delete(http.GetRequestContext(), id, ct);
        await Page.Go(http, connection.Status == Domain.Connection.ConnectionStatus.Authorizing ? "connections" : $"connections/{id}");
    }
}
