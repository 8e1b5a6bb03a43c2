using System.Net.Security;
using System.Net.Sockets;
using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.OAuth;
using DemoDefinitions;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using TestServers;

namespace Connectors.Tests.Tls;

/// <summary>Certificates of OAuth providers and of their APIs. Only the system's authorities are trusted there.</summary>
public sealed class ProviderTests : IAsyncLifetime
{
    private readonly DownloadListener listener = new();
    private readonly TestAuthority root = new("Test Root CA");
    private TestAuthority issuer = null!;
    private OpenSslServer? server;

    public ValueTask InitializeAsync()
    {
        Assert.SkipUnless(OpenSslServer.Available, OpenSslServer.NotInstalled);
        root.Sources = listener.Address;
        issuer = root.Intermediate("Test Issuing CA");
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("demo-mail", false)]
    [InlineData("demo-mail", true)]
    [InlineData("gmail", false)]
    [InlineData("gmail", true)]
    [InlineData("outlook", false)]
    [InlineData("outlook", true)]
    public async Task A_call_to_a_provider_fetches_nothing_that_a_certificate_names(string connector, bool sendsIntermediate)
    {
        await using var services = await Start(connector, sendsIntermediate);
        var use = new ConnectionUse(
            "default", Guid.CreateVersion7(), 1, JsonSerializer.SerializeToElement(new { }), Secret.None,
            Tokens: new HandedTokens("token", "token"));
        var probe = await services.GetRequiredService<ConnectorRunner>().Probe(connector, use, TimeSpan.FromSeconds(20), false, default);
        Assert.Contains("the server does not send its whole chain", probe.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(0, await listener.CountConnections());
    }

    [Theory]
    [InlineData("refresh", false)]
    [InlineData("refresh", true)]
    [InlineData("exchange", false)]
    [InlineData("exchange", true)]
    public async Task A_call_to_a_token_endpoint_fetches_nothing_that_a_certificate_names(string call, bool sendsIntermediate)
    {
        await using var services = await Start("demo-mail", sendsIntermediate);
        var endpoints = services.GetRequiredService<OAuthEndpoints>();
        var application = services.GetRequiredService<OAuthApplications>().Find("demo-mail", "default")!;
        var definition = DemoConnectors.Mail.Entry.OAuth!;
        var response = call == "refresh"
            ? await endpoints.Refresh(definition, application, "refresh-token", ["mail.send"], default)
            : await endpoints.Exchange(definition, application, "code", "verifier", "http://127.0.0.1:5080/api/oauth/callback", default);
        var failed = Assert.IsType<TokenResponse.Failed>(response);
        Assert.Contains("the server does not send its whole chain", failed.Message, StringComparison.Ordinal);
        Assert.Equal(0, await listener.CountConnections());
    }

    /// <summary>The listener of these tests would be asked: .NET's own policy asks it.</summary>
    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task The_default_policy_of_the_platform_fetches_what_a_certificate_names(bool sendsIntermediate)
    {
        listener.Body = "none"u8.ToArray();
        server = await OpenSslServer.Start(issuer.Issue("127.0.0.1"), sendsIntermediate ? [issuer.Pem] : []);
        using var socket = new TcpClient();
        await socket.ConnectAsync(OpenSslServer.Host, server.Port);
        await using var tls = new SslStream(socket.GetStream());
        await tls.AuthenticateAsClientAsync(new SslClientAuthenticationOptions
        {
            TargetHost = OpenSslServer.Host,
            RemoteCertificateValidationCallback = (_, shown, _, _) => shown is not null
        });
        Assert.NotEqual(0, await listener.CountConnections());
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        await listener.DisposeAsync();
        issuer?.Dispose();
        root.Dispose();
    }

    private async Task<ServiceProvider> Start(string connector, bool sendsIntermediate)
    {
        server = await OpenSslServer.Start(issuer.Issue("127.0.0.1"), sendsIntermediate ? [issuer.Pem] : []);
        var settings = new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true", [$"OAuth:{connector}:ClientId"] = "client-1" };
        foreach (var name in (string[])["Base", "Identity"]) settings[$"OAuth:{connector}:{name}"] = $"https://127.0.0.1:{server.Port}";
        return new ServiceCollection().AddLogging().AddSingleton(TimeProvider.System)
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build())
            .AddDefinedConnector(DemoConnectors.Mail)
            .BuildServiceProvider();
    }
}
