using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Mail;

/// <summary>A mailbox accessed through a provider's client library on <see cref="SdkMessageHandler"/>.</summary>
/// <typeparam name="TClient">The library's client, created for one call.</typeparam>
internal abstract class MailConnector<TClient>(
    CatalogueEntry entry, OAuthApplications applications, GuardedHandlerFactory factory, HttpClientPool clients, TimeProvider clock) : IConnector
    where TClient : IDisposable
{
    public CatalogueEntry Entry => entry;

    public string? Target(JsonElement settings) =>
        applications.Find(entry.Id, null) is { } application ? HttpTarget.GetOrigin(new Uri(application.Fill("{base}", entry.OAuth!))) : null;

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => activity != MailActivities.Send;

    // The account is unknown before the sign-in.
    public Account AccountAsTyped(JsonElement settings, Secret credentials) => new(null, "", "");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) => [];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var steps = new ProbeSteps(clock, use.Steps);
        using var invoker = new HttpMessageInvoker(factory.Create(null, steps));
        var (account, failure) = await Call(use, _ => invoker, client => Identify(client, ct), ct);
        if (failure is not null)
        {
            if (!steps.Taken.Any(s => s.Outcome is not ("ok" or "skipped"))) steps.Fail("signIn", failure);
            return new ProbeResult(steps.Taken, null, [], failure);
        }

        steps.Ok("signIn", "The provider accepted the token.");
        steps.Ok("identify", $"Signed in as {account!.Display}.");
        return new ProbeResult(steps.Taken, account, [new AccountIdentity(account.Basis, account.Id!)], null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        OutgoingMail? mail = null;
        if (activity == MailActivities.Send && (mail = OutgoingMail.Read(input, out var problem)) is null)
            return new ConnectorResult.Failed(FailureKind.InvalidInput, problem!, Delivered.No, Answered: true);
        var (output, failure) = await Call(use, address => clients.For(address, null), client => activity switch
        {
            MailActivities.Send => Send(client, mail!, ct),
            MailActivities.Search => Search(
                client, input.TryGetProperty("query", out var query) ? query.GetString()! : "",
                input.TryGetProperty("limit", out var limit) ? limit.GetInt32() : 10, ct),
            _ => Read(client, input.GetProperty("id").GetString()!, ct)
        }, ct);
        return failure ?? (ConnectorResult)new ConnectorResult.Done(output);
    }

    protected static JsonElement Sent(string? id) => Json.Object(writer => writer.WriteString("id", Json.Given(id)));

    protected static JsonElement Found(IEnumerable<ReceivedMail> mails) => Json.Object(writer =>
    {
        writer.WriteStartArray("messages");
        foreach (var mail in mails) mail.WriteSearchResult(writer);
        writer.WriteEndArray();
    });

    /// <param name="fill">Fills an address template with the operator's or default values.</param>
    protected abstract TClient Client(HttpMessageHandler handler, Func<string, string> fill);

    /// <summary>Converts an error response of this provider.</summary>
    protected abstract ConnectorResult.Failed Meaning(ProviderError error);

    protected abstract Task<Account> Identify(TClient client, CancellationToken ct);

    protected abstract Task<JsonElement> Send(TClient client, OutgoingMail mail, CancellationToken ct);

    protected abstract Task<JsonElement> Search(TClient client, string query, int limit, CancellationToken ct);

    protected abstract Task<JsonElement> Read(TClient client, string id, CancellationToken ct);

    private async Task<(T?, ConnectorResult.Failed?)> Call<T>(
        ConnectionUse use, Func<Uri, HttpMessageInvoker> client, Func<TClient, Task<T>> work, CancellationToken ct)
    {
        if (applications.Find(entry.Id, use.Workspace) is not { } application) return (default, Misconfigured($"No OAuth application is configured for {entry.Name}."));
        try
        {
            var signer = new OAuthSigner(use.Tokens);
            return await SignedCall.Send(signer, async () =>
            {
                var handler = new SdkMessageHandler(client, signer, Meaning, clock);
                using var library = Client(handler, template => application.Fill(template, entry.OAuth!));
                return await handler.Run(() => work(library));
            }, ct);
        }
        catch (Exception e) when (e is OAuthSettingsException or UriFormatException)
        {
            return (default, Misconfigured(e.Message));
        }
    }

    private static ConnectorResult.Failed Misconfigured(string message) => new(FailureKind.Operator, message, Delivered.No, Answered: true);
}
