using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Connectors.Mail;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connections.Connectors.Gmail;

/// <summary>
/// Gmail's API (https://developers.google.com/workspace/gmail/api/reference/rest), called through Google.Apis with hand-written requests.
/// </summary>
internal sealed class GmailConnector(OAuthApplications applications, GuardedHandlerFactory factory, HttpClientPool clients, TimeProvider clock)
    : MailConnector<GoogleClients>(GmailEntry.Create(), applications, factory, clients, clock)
{
    private const string Messages = "gmail/v1/users/me/messages";

    protected override GoogleClients Client(HttpMessageHandler handler, Func<string, string> fill) =>
        new(new GoogleService(fill("{base}"), handler), new GoogleService(fill("{identity}"), handler));

    // https://developers.google.com/workspace/gmail/api/guides/handle-errors
    protected override ConnectorResult.Failed Meaning(ProviderError error) => error switch
    {
        { Status: 403, Code: "rateLimitExceeded" or "userRateLimitExceeded" or "dailyLimitExceeded" or "quotaExceeded" } =>
            error.As(FailureKind.Throttled, "Gmail asks to slow down", Delivered.No),
        { Status: 403, Code: "accessNotConfigured" } =>
            error.As(FailureKind.Operator, "The Gmail API is not enabled for the OAuth application", Delivered.No),
        _ => error.Standard()
    };

    // Uses userinfo, because the send scope alone does not allow reading the Gmail profile. The address may change; sub does not.
    protected override async Task<Account> Identify(GoogleClients google, CancellationToken ct)
    {
        var user = await new GoogleRequest<GoogleUser>(google.Identity, "GET", "v1/userinfo").ExecuteAsync(ct);
        return Json.Given(user.Sub) is { } id ? new Account(id, Json.Given(user.Email) ?? id, "sub") : throw new FormatException("no sub");
    }

    protected override async Task<JsonElement> Send(GoogleClients google, OutgoingMail mail, CancellationToken ct)
    {
        var request = new GoogleRequest<GmailReference>(google.Gmail, "POST", $"{Messages}/send", new GmailRaw(GmailMime.Raw(mail)));
        return Sent((await request.ExecuteAsync(ct)).Id);
    }

    // The list contains only ids, so each message is read separately.
    protected override async Task<JsonElement> Search(GoogleClients google, string query, int limit, CancellationToken ct)
    {
        var list = await new GoogleRequest<GmailList>(
            google.Gmail, "GET", $"{Messages}?q={Uri.EscapeDataString(query)}&maxResults={limit}").ExecuteAsync(ct);
        var found = new List<ReceivedMail>();
        foreach (var reference in list.Messages ?? []) found.Add(await Get(google, reference.Id, "metadata", ct));
        return Found(found);
    }

    protected override async Task<JsonElement> Read(GoogleClients google, string id, CancellationToken ct) => (await Get(google, id, "full", ct)).Whole();

    private static async Task<ReceivedMail> Get(GoogleClients google, string id, string format, CancellationToken ct) => GmailMime.Read(
        await new GoogleRequest<GmailMessage>(google.Gmail, "GET", $"{Messages}/{Uri.EscapeDataString(id)}?format={format}").ExecuteAsync(ct));
}
