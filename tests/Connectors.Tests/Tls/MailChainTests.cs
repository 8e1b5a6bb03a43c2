using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using Connections.Connectors;
using Connectors.Tests.MailServers;
using TestServers;

namespace Connectors.Tests.Tls;

/// <summary>Which chains the connectors to mail servers accept.</summary>
public sealed class MailChainTests : IAsyncLifetime
{
    private readonly DownloadListener listener = new();
    private readonly TestAuthority root = new("Test Root CA");
    private TestAuthority issuer = null!;

    public static TheoryData<string, string> Ways => [("smtp", "tls"), ("smtp", "starttls"), ("imap", "tls"), ("imap", "starttls")];

    public ValueTask InitializeAsync()
    {
        (root.Sources, root.NamesItsKey) = (listener.Address, true);
        issuer = root.Intermediate("Test Issuing CA");
        return ValueTask.CompletedTask;
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Nothing_that_a_certificate_names_is_fetched(string connector, string security)
    {
        listener.Body = issuer.Der;
        var probe = await Probe(connector, security, issuer.Issue(ScriptedServer.Host), root.Pem);
        Assert.Equal("tls", probe.Steps[^1].Name);
        Assert.Contains("the server does not send its whole chain", probe.Failure!.Message, StringComparison.Ordinal);
        Assert.Contains(probe.Steps[^1].Certificates!, c => c.Subject == $"CN={ScriptedServer.Host}");
        Assert.Equal(0, await listener.CountConnections());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task Intermediates_that_the_server_sends_lead_to_the_given_root(string connector, string security)
    {
        var probe = await Probe(connector, security, issuer.Issue(ScriptedServer.Host), root.Pem, issuer.Der);
        Assert.Equal("ok", probe.Steps.Single(s => s.Name == "tls").Outcome);
        Assert.Equal(0, await listener.CountConnections());
    }

    [Theory]
    [MemberData(nameof(Ways))]
    public async Task A_certificate_that_expired_or_of_an_unknown_CA_is_rejected(string connector, string security)
    {
        var expired = await Probe(connector, security, root.Issue(ScriptedServer.Host, expired: true), root.Pem);
        Assert.Contains("expired", expired.Failure!.Message, StringComparison.Ordinal);
        var unknown = await Probe(connector, security, root.Issue(ScriptedServer.Host), null);
        Assert.Contains("does not know", unknown.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(0, await listener.CountConnections());
    }

    public async ValueTask DisposeAsync()
    {
        await listener.DisposeAsync();
        issuer.Dispose();
        root.Dispose();
    }

    private static async Task<ProbeResult> Probe(
        string connector, string security, (string Certificate, string Key) server, string? ca, params byte[][] chain)
    {
        var options = new SslServerAuthenticationOptions
        {
            ServerCertificateContext = SslStreamCertificateContext.Create(
                ScriptedServer.Load(server), [.. chain.Select(X509CertificateLoader.LoadCertificate)], offline: true)
        };
        using var mail = new ScriptedServer(line => Refuse(line, connector, security), tls: security == "tls", options);
        await using var mailbox = new TestMailbox(connector, mail.Port, security: security);
        if (ca is null) mailbox.Settings.Remove("caCertificate");
        else mailbox.Settings["caCertificate"] = ca;
        return await mailbox.Probe();
    }

    // Ends the dialogue after the encryption.
    private static async Task Refuse(ScriptedLine line, string connector, string security)
    {
        var (greeting, ready, refusal) = connector == "smtp"
            ? ("220 ready\r\n", "220 go\r\n", "421 later\r\n")
            : ("* OK ready\r\n", "", "* BYE later\r\n");
        if (security == "starttls")
        {
            await line.Write(greeting);
            while (await line.Read() is { } command)
            {
                if (command.Contains("STARTTLS", StringComparison.Ordinal))
                {
                    await line.Write(connector == "smtp" ? ready : $"{command.Split(' ')[0]} OK go\r\n");
                    break;
                }

                await line.Write("250-mail.test\r\n250 STARTTLS\r\n");
            }

            await line.Encrypt();
            await line.Read();
        }

        await line.Write(refusal);
    }
}
