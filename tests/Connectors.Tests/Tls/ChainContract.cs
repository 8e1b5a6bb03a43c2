using System.Security.Cryptography.X509Certificates;
using Connections.Connectors;
using Connections.Domain;
using TestServers;

namespace Connectors.Tests.Tls;

/// <summary>Which chains of a server's certificate a connector accepts. It fetches nothing that a certificate names.</summary>
public abstract class ChainContract : IAsyncLifetime
{
    private const string ForClients = "1.3.6.1.5.5.7.3.2";
    private readonly List<TestAuthority> authorities = [];

    /// <summary>The typed host.</summary>
    protected abstract string Host { get; }

    protected DownloadListener Listener { get; } = new();

    protected TestAuthority Root { get; private set; } = null!;

    protected TestAuthority Middle { get; private set; } = null!;

    protected TestAuthority Issuer { get; private set; } = null!;

    public virtual ValueTask InitializeAsync()
    {
        Root = NewRoot("Test Root CA");
        (Root.Sources, Root.NamesItsKey) = (Listener.Address, true);
        Middle = Keep(Root.Intermediate("Test Middle CA"));
        Middle.NamesItsKey = true;
        Issuer = Keep(Middle.Intermediate("Test Issuing CA"));
        return ValueTask.CompletedTask;
    }

    [Theory]
    [InlineData("in order")]
    [InlineData("in the wrong order")]
    [InlineData("with the root")]
    [InlineData("with a certificate of another chain")]
    [InlineData("with a certificate twice")]
    [InlineData("with another certificate of the same name")]
    public async Task Intermediates_that_the_server_sends_lead_to_the_given_root(string sent)
    {
        string[] chain = sent switch
        {
            "in the wrong order" => [Middle.Pem, Issuer.Pem],
            "with the root" => [Issuer.Pem, Middle.Pem, Root.Pem],
            "with a certificate of another chain" => [NewRoot("Another CA").Pem, Issuer.Pem, Middle.Pem],
            "with a certificate twice" => [Issuer.Pem, Issuer.Pem, Middle.Pem],
            "with another certificate of the same name" =>
                [Keep(NewRoot("Test Root CA").Intermediate("Test Middle CA")).Pem, Issuer.Pem, Middle.Pem],
            _ => [Issuer.Pem, Middle.Pem]
        };
        Issuer.NamesItsKey = true;
        await Present(Issuer.Issue(Host), chain);
        for (var time = 0; time < 2; time++) // the second handshake can resume the first
        {
            var probe = await Probe("verify-full", Root.Pem);
            Assert.Equal(("tls", "ok"), Tls(probe));
        }

        Assert.Equal(0, await Listener.CountConnections());
    }

    [Fact]
    public async Task Intermediates_can_be_given_together_with_the_root()
    {
        await Present(Issuer.Issue(Host));
        Assert.Equal(("tls", "ok"), Tls(await Probe("verify-full", Issuer.Pem + "\n" + Middle.Pem + "\n" + Root.Pem)));
    }

    [Theory]
    [InlineData("no intermediate", "the server does not send its whole chain", "\"CN=Test Issuing CA\"")]
    [InlineData("the lower intermediate", "the server does not send its whole chain", "\"CN=Test Middle CA\"")]
    [InlineData("an expired intermediate", "expired", "\"CN=Old CA\"")]
    [InlineData("a foreign root", "not by the CA certificate given", "\"CN=Foreign Root\"")]
    [InlineData("a foreign root with the same name", "same name", "\"CN=Test Root CA\"")]
    [InlineData("the intermediate of a root with the same name", "same name", "\"CN=Test Root CA\"")]
    [InlineData("the intermediate of a root with the same name and its key's identifier", "same name", "\"CN=Test Root CA\"")]
    [InlineData("a certificate that may not issue others", "InvalidBasicConstraints", "chain")]
    [InlineData("a certificate for clients", "not for servers", "certificate")]
    [InlineData("a certificate signed by itself", "not by the CA certificate given", "\"CN=Alone\"")]
    public async Task Each_rejected_chain_has_its_own_message(string sent, string expected, string named)
    {
        var (server, chain) = Rejected(sent);
        await Present(server, chain);
        await AssertRejected(await Probe("verify-full", Root.Pem), expected, named);
    }

    [Fact]
    public async Task Long_names_in_certificates_are_cut_in_the_message()
    {
        var foreign = NewRoot(new string('x', 5_000));
        var below = Keep(foreign.Intermediate(new string('y', 5_000)));
        await Present(below.Issue(Host), below.Pem, foreign.Pem);
        var probe = await Probe("verify-full", Root.Pem);
        await AssertRejected(probe, "not by the CA certificate given", "CN=xxx", "CN=yyy", "…");
        Assert.InRange(probe.Failure!.Message.Length, 1, 1_500);
    }

    [Fact]
    public async Task An_intermediate_as_CA_certificate_is_no_root()
    {
        await Present(Issuer.Issue(Host), Issuer.Pem);
        await AssertRejected(await Probe("verify-full", Middle.Pem), "is not a root", "\"CN=Test Root CA\"");
    }

    [Fact]
    public async Task A_root_that_the_server_sends_is_not_trusted_without_a_given_root()
    {
        await Present(Issuer.Issue(Host), Issuer.Pem, Middle.Pem, Root.Pem);
        await AssertRejected(await Probe("verify-full", null), "does not know", "\"CN=Test Root CA\"");
    }

    [Theory]
    [InlineData("nothing", true)]
    [InlineData("nothing", false)]
    [InlineData("the intermediates", false)]
    [InlineData("the lower intermediate", true)]
    public async Task Nothing_that_a_certificate_names_is_fetched(string sent, bool answers)
    {
        if (answers) Listener.Body = sent == "nothing" ? Issuer.Der : Middle.Der;
        await Present(Issuer.Issue(Host), sent switch
        {
            "the intermediates" => [Issuer.Pem, Middle.Pem],
            "the lower intermediate" => [Issuer.Pem],
            _ => []
        });
        Assert.NotNull((await Probe("verify-full", null)).Failure);
        await Probe("verify-full", Root.Pem);
        Assert.Equal(0, await Listener.CountConnections());
        AssertNothingStored();
    }

    public virtual async ValueTask DisposeAsync()
    {
        await Listener.DisposeAsync();
        authorities.ForEach(a => a.Dispose());
        GC.SuppressFinalize(this);
    }

    /// <summary>Starts the server, or gives it this certificate and the certificates that it sends with it.</summary>
    protected abstract Task Present((string Certificate, string Key) server, params string[] chain);

    protected abstract Task<ProbeResult> Probe(string tls, string? ca);

    protected static (string Name, string Outcome) Tls(ProbeResult probe)
    {
        var step = probe.Steps.SingleOrDefault(s => s.Name == "tls");
        return step is { Outcome: "ok" } ? (step.Name, step.Outcome) : (step?.Name ?? "none", probe.Failure?.Message ?? "");
    }

    protected void AssertNothingStored()
    {
        using var store = new X509Store(StoreName.CertificateAuthority, StoreLocation.CurrentUser);
        store.Open(OpenFlags.ReadOnly);
        byte[][] intermediates = [Issuer.Der, Middle.Der];
        Assert.DoesNotContain(store.Certificates, stored => intermediates.Any(der => stored.RawDataMemory.Span.SequenceEqual(der)));
    }

    private async Task AssertRejected(ProbeResult probe, params string[] expected)
    {
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (probe.Failure?.Kind, probe.Failure?.Delivered));
        Assert.Equal(("tls", "unavailable"), (probe.Steps[^1].Name, probe.Steps[^1].Outcome));
        Assert.All(expected, text => Assert.Contains(text, probe.Failure!.Message, StringComparison.Ordinal));
        Assert.Equal(0, await Listener.CountConnections());
    }

    private ((string Certificate, string Key) Server, string[] Chain) Rejected(string sent)
    {
        var foreign = NewRoot(sent.Contains("same name", StringComparison.Ordinal) ? "Test Root CA" : "Foreign Root");
        foreign.NamesItsKey = sent.EndsWith("identifier", StringComparison.Ordinal);
        return sent switch
        {
            "no intermediate" => (Issuer.Issue(Host), []),
            "the lower intermediate" => (Issuer.Issue(Host), [Issuer.Pem]),
            "an expired intermediate" => Below(Root.Intermediate("Old CA", expired: true)),
            "a certificate that may not issue others" => Below(Root.Intermediate("A server", isAuthority: false)),
            "a certificate for clients" => (Issuer.Issue(Host, usage: ForClients), [Issuer.Pem, Middle.Pem]),
            "a certificate signed by itself" => (NewRoot("Alone").Export(), []),
            "a foreign root" or "a foreign root with the same name" => Below(foreign),
            _ => Below(foreign.Intermediate("Foreign Issuing CA"))
        };
    }

    private ((string Certificate, string Key) Server, string[] Chain) Below(TestAuthority authority) =>
        (Keep(authority).Issue(Host), [authority.Pem]);

    private TestAuthority NewRoot(string name) => Keep(new TestAuthority(name));

    private TestAuthority Keep(TestAuthority authority)
    {
        authorities.Add(authority);
        return authority;
    }
}
