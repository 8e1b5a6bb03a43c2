using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Connectors.Mail;
using Connections.Connectors.OAuth;
using Connections.Domain;
using Microsoft.Graph;
using Microsoft.Graph.Me.SendMail;
using Microsoft.Kiota.Abstractions.Authentication;

namespace Connections.Connectors.Outlook;

/// <summary>Mail through Microsoft Graph (https://learn.microsoft.com/graph/api/resources/mail-api-overview).</summary>
internal sealed class OutlookConnector(OAuthApplications applications, GuardedHandlerFactory factory, HttpClientPool clients, TimeProvider clock)
    : MailConnector<GraphServiceClient>(OutlookEntry.Create(), applications, factory, clients, clock)
{
    private static readonly string[] Head = ["id", "from", "toRecipients", "ccRecipients", "subject", "receivedDateTime", "bodyPreview"];

    internal static HttpClient CreateHttpClient(HttpMessageHandler handler) => new(handler) { Timeout = Timeout.InfiniteTimeSpan }; // the attempt has its own timeout

    // A separate HttpClient omits the library's middleware, such as its retries. The runner retries, because it knows which calls are
    // repeatable.
    protected override GraphServiceClient Client(HttpMessageHandler handler, Func<string, string> fill) =>
        new(CreateHttpClient(handler), new AnonymousAuthenticationProvider(), fill("{base}") + "/v1.0");

    // https://learn.microsoft.com/graph/errors
    protected override ConnectorResult.Failed Meaning(ProviderError error) => error switch
    {
        { Status: 404, Code: "MailboxNotEnabledForRESTAPI" } => error.As(FailureKind.Forbidden, "The account has no mailbox that Graph can reach", Delivered.No),
        _ => error.Standard()
    };

    protected override async Task<Account> Identify(GraphServiceClient graph, CancellationToken ct)
    {
        var me = await graph.Me.GetAsync(r => r.QueryParameters.Select = ["id", "mail", "userPrincipalName"], ct);
        return Json.Given(me?.Id) is { } id
            ? new Account(id, Json.Given(me!.Mail) ?? Json.Given(me.UserPrincipalName) ?? id, "id")
            : throw new FormatException("no id");
    }

    protected override async Task<JsonElement> Send(GraphServiceClient graph, OutgoingMail mail, CancellationToken ct)
    {
        await graph.Me.SendMail.PostAsync(new SendMailPostRequestBody { Message = OutlookMail.Outgoing(mail), SaveToSentItems = true }, cancellationToken: ct);
        return Sent(null); // Graph returns 202 without an id
    }

    // Graph does not allow $search with $orderby. Search results are sorted newest first.
    protected override async Task<JsonElement> Search(GraphServiceClient graph, string query, int limit, CancellationToken ct)
    {
        var page = await graph.Me.Messages.GetAsync(r =>
        {
            r.QueryParameters.Select = Head;
            r.QueryParameters.Top = limit;
            if (query.Length > 0) r.QueryParameters.Search = $"\"{query.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("\"", "\\\"", StringComparison.Ordinal)}\"";
            else r.QueryParameters.Orderby = ["receivedDateTime desc"];
        }, ct);
        return Found((page?.Value ?? []).Select(OutlookMail.Read));
    }

    protected override async Task<JsonElement> Read(GraphServiceClient graph, string id, CancellationToken ct)
    {
        var message = await graph.Me.Messages[id].GetAsync(r =>
        {
            r.QueryParameters.Select = [.. Head, "body"];
            r.QueryParameters.Expand = ["attachments($select=id,name,contentType,size)"];
        }, ct);
        return OutlookMail.Read(message!).Whole();
    }
}
