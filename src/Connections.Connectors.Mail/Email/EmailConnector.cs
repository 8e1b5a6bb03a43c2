using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Imap;
using Connections.Connectors.Mail;
using Connections.Connectors.MailServers;
using Connections.Connectors.Pipeline;
using Connections.Connectors.Smtp;
using Connections.Domain;

namespace Connections.Connectors.Email;

/// <summary>One mailbox with one sign-in: reads by IMAP and sends by SMTP.</summary>
internal sealed class EmailConnector(ImapConnector imap, SmtpConnector smtp, TimeProvider clock) : IConnector
{
    public CatalogueEntry Entry { get; } = EmailEntry.Create(imap.Entry, smtp.Entry);

    public string? Target(JsonElement settings) => $"{imap.Target(SettingsFor(imap, settings))} {smtp.Target(SettingsFor(smtp, settings))}";

    // A server that fails does not pause the calls to the other one.
    public string? Target(JsonElement settings, string activity) => For(activity).Target(SettingsFor(For(activity), settings));

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) => For(activity).Repeatable(activity, input, settings);

    // The mailbox is the account. The server that sends may be another one.
    public Account AccountAsTyped(JsonElement settings, Secret credentials) => imap.AccountAsTyped(SettingsFor(imap, settings), credentials);

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        imap.IdentitiesAsTyped(SettingsFor(imap, settings), credentials);

    public Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct) =>
        MailProbe.Run(this, use, clock, steps => SignIn(use, steps, ct));

    /// <summary>Signs in and out at both servers. What the first one rejects is not tried at the second one.</summary>
    public async Task<ConnectorResult.Failed?> SignIn(ConnectionUse use, ProbeSteps steps, CancellationToken ct) =>
        await imap.SignIn(Use(imap, use), steps, ct) ?? await smtp.SignIn(Use(smtp, use), steps, ct);

    /// <summary>Signs in and out at both servers. A mailbox that may not send is used for reading.</summary>
    public async Task<ConnectorResult.Failed?> SignInToRead(ConnectionUse use, ProbeSteps steps, CancellationToken ct)
    {
        if (await imap.SignIn(Use(imap, use), steps, ct) is { } failed) return failed;
        var sending = new ProbeSteps(clock);
        var refused = await smtp.SignIn(Use(smtp, use), sending, ct);
        var maySend = refused is not { Kind: FailureKind.Forbidden };
        foreach (var step in sending.Taken.Where(s => maySend || s.Outcome is Outcome.Ok)) steps.Add(step);
        if (maySend) return refused;
        steps.Skipped("signIn", $"This mailbox can be read, and cannot send. {refused!.Message}");
        return null;
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
}
