using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Imap;
using Connections.Connectors.Mail;
using Connections.Connectors.Smtp;
using Connections.Domain;

namespace Connections.Connectors.Email;

/// <summary>One mailbox with one sign-in: reads by IMAP and sends by SMTP.</summary>
internal sealed class EmailConnector(ImapConnector imap, SmtpConnector smtp) : IConnector
{
    public CatalogueEntry Entry { get; } = EmailEntry.Create(imap.Entry, smtp.Entry);

    public string? Target(JsonElement settings) => $"{imap.Target(SettingsFor(imap, settings))} {smtp.Target(SettingsFor(smtp, settings))}";

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => For(activity).Repeatable(activity, input, settings);

    // The mailbox is the account. The server that sends may be another one.
    public Account AccountAsTyped(JsonElement settings, Secret credentials) => imap.AccountAsTyped(SettingsFor(imap, settings), credentials);

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        imap.IdentitiesAsTyped(SettingsFor(imap, settings), credentials);

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        // The account is known when both servers have accepted the sign-in.
        var reading = await imap.Probe(Use(imap, use) with { Steps = use.Steps is { } steps ? new SignInSteps(steps) : null }, ct);
        var taken = reading.Steps.Where(SignInSteps.Includes).ToList();
        if (reading.Failure is not null) return reading with { Steps = taken };
        var sending = await smtp.Probe(Use(smtp, use), ct);
        taken.AddRange(sending.Steps);
        return sending.Failure is not null ? sending with { Steps = taken } : reading with { Steps = taken };
    }

    public Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var connector = For(activity);
        return connector.Run(Use(connector, use), activity, input, ct);
    }

    private IConnector For(string activity) => activity == MailActivities.Send ? smtp : imap;

    private static ConnectionUse Use(IConnector server, ConnectionUse use) => use with { Settings = SettingsFor(server, use.Settings) };

    /// <summary>The settings as the connector of one server knows them.</summary>
    private static JsonElement SettingsFor(IConnector server, JsonElement settings) => Json.Object(writer =>
    {
        foreach (var setting in settings.EnumerateObject())
        {
            if (EmailEntry.NameFor(server.Entry.Id, setting.Name) is not { } name) continue;
            writer.WritePropertyName(name);
            setting.Value.WriteTo(writer);
        }
    });

    /// <summary>Passes on all steps but the last.</summary>
    private sealed class SignInSteps(IProgress<ProbeStep> steps) : IProgress<ProbeStep>
    {
        public static bool Includes(ProbeStep step) => step is not { Name: "identify", Outcome: "ok" };

        public void Report(ProbeStep value)
        {
            if (Includes(value)) steps.Report(value);
        }
    }
}
