using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Hosting;
using EventSourcing;
using EventSourcing.Sql;
using Microsoft.Extensions.Time.Testing;

namespace Console.Tests;

/// <summary>A workspace as that of a real team, for screenshots: written to the log before the service starts.</summary>
internal static class Samples
{
    public const string Workspace = "platform";

    private static readonly EventMetadata Metadata = new(Workspace, "tests");

    private static readonly (string Connector, string Name, string Account, ConnectionEvent Last)[] Connections =
    [
        ("postgres", "pg-billing-prod-mira", "billing_ro@billing on db3.example.com", new ConnectionReauthRequired("The server rejects the password of billing_ro.", 1)),
        ("gmail", "gmail-support-prod-jonas", "support@example.com", new ConnectionReauthRequired("The provider ended the sign-in.", 1)),
        ("bamboohr", "bamboohr-prod-lena", "example.bamboohr.com", Tested(Outcome.Ok, "Connected.")),
        ("http", "http-invoices-prod-mira", "invoices.example.com", Tested(Outcome.Ok, "Connected.")),
        ("postgres", "pg-warehouse-prod-akshay", "etl@warehouse on db1.example.com", Tested(Outcome.Ok, "Connected.")),
        ("slack", "slack-alerts-prod-lena", "example.slack.com", Tested(Outcome.Ok, "Connected.")),
        ("twilio", "twilio-sms-prod-jonas", "Example Ltd", Tested(Outcome.Ok, "Connected.")),
        ("mysql", "mysql-shop-stage-akshay", "app@shop on stage.example.com", Tested(Outcome.Ok, "Connected.")),
        ("mysql", "mysql-legacy-prod-ssa", "app@erp on erp.example.com", Tested(Outcome.Unavailable, "The server did not answer."))
    ];

    public static async Task Fill(string folder)
    {
        var now = TimeProvider.System.GetUtcNow();
        var clock = new FakeTimeProvider(now.AddDays(-60));
        using var log = SqliteEventLog.Open(Path.Combine(folder, EmbeddedStores.LogFile), clock);
        var streams = Connections.Select(c => (Stream: new ConnectionId(Workspace, Guid.NewGuid()).Stream, Sample: c)).ToList();
        foreach (var (stream, sample) in streams)
        {
            var rotateBy = sample.Connector == "twilio" ? now.AddDays(11.5) : (DateTimeOffset?)null;
            var created = new ConnectionCreated(
                sample.Connector, sample.Name, Json(new { }), Json(new { password = "***" }), "v1-none", new Account(null, sample.Account, "server"),
                [sample.Name], Outcome.Ok, RotateBy: rotateBy);
            clock.Advance(TimeSpan.FromHours(3));
            await log.Append(stream, Revision.NoStream, [Event(created)], default);
        }

        clock.SetUtcNow(now.AddMinutes(-40));
        foreach (var (stream, sample) in streams)
        {
            clock.Advance(TimeSpan.FromMinutes(4.4));
            await log.Append(stream, 0, [Event(sample.Last)], default);
        }
    }

    private static ConnectionTested Tested(string outcome, string message) => new(Guid.NewGuid(), outcome, message, 1, false);

    private static JsonElement Json(object value) => JsonSerializer.SerializeToElement(value);

    private static NewEvent Event(ConnectionEvent e) => ConnectionDecider.Names.Write(Guid.CreateVersion7(), e, Metadata);
}
