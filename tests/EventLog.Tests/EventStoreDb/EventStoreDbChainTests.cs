using EventSourcing;
using EventSourcing.EventStoreDb;
using TestServers;

namespace EventLog.Tests.EventStoreDb;

/// <summary>Which chains of the server's certificate are accepted. Nothing that a certificate names is fetched.</summary>
public sealed class EventStoreDbChainTests : EventStoreDbFixture, IAsyncLifetime
{
    private readonly DownloadListener listener = new();
    private readonly TestAuthority root = new("Test Root CA");
    private TestAuthority issuer = null!;

    public ValueTask InitializeAsync()
    {
        root.Sources = listener.Address;
        issuer = root.Intermediate("Test Issuing CA");
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData(true, "tlsCaFile")]
    [InlineData(true, "tlsVerifyCert=false")]
    [InlineData(false, "tlsVerifyCert=false")]
    public async Task A_server_is_used_and_nothing_is_fetched(bool sendsIntermediate, string setting)
    {
        var log = await OpenWith(sendsIntermediate, setting);
        await log.Append("s-1", Revision.NoStream, [Event()], Ct);
        Assert.Equal(0, await listener.CountConnections());
    }

    [Theory]
    [InlineData(false, "tlsCaFile")]
    [InlineData(false, "tlsVerifyCert=true")]
    [InlineData(true, "tlsVerifyCert=true")]
    public async Task A_server_is_rejected_and_nothing_is_fetched(bool sendsIntermediate, string setting)
    {
        listener.Body = issuer.Der;
        var log = await OpenWith(sendsIntermediate, setting);
        await Assert.ThrowsAsync<EventStoreDbSettingsException>(() => log.Reach(Ct));
        Assert.Equal(0, await listener.CountConnections());
    }

    [Fact]
    public async Task The_issuer_of_our_own_certificate_is_not_fetched()
    {
        var (certificate, key) = issuer.Issue("client");
        var own = $"&userCertFile={Write("client.crt", certificate)}&userKeyFile={Write("client.key", key)}";
        var log = await OpenWith(sendsIntermediate: true, "tlsCaFile", own);
        await log.Append("s-1", Revision.NoStream, [Event()], Ct);
        Assert.Equal(0, await listener.CountConnections());
    }

    async ValueTask IAsyncDisposable.DisposeAsync()
    {
        await DisposeAsync();
        await listener.DisposeAsync();
        issuer.Dispose();
        root.Dispose();
    }

    private async Task<EventStoreDbEventLog> OpenWith(bool sendsIntermediate, string setting, string more = "")
    {
        var (certificate, key) = issuer.Issue("127.0.0.1");
        var sent = sendsIntermediate ? $"{certificate}\n{issuer.Pem}" : certificate;
        var server = await Launch("--certificate", Write("server.crt", sent), "--key", Write("server.key", key));
        var chosen = setting == "tlsCaFile" ? $"tlsCaFile={Write("root.pem", root.Pem)}" : setting;
        return Open($"esdb://127.0.0.1:{server.Port}?{chosen}{more}");
    }

    private string Write(string name, string text)
    {
        var path = Path.Combine(Folder, name);
        File.WriteAllText(path, text);
        return path;
    }
}
