namespace Connectors.Tests.Tls;

/// <summary>The chain contract for the values of the setting <c>tls</c>.</summary>
public abstract class DatabaseChainContract : ChainContract
{
    [Theory]
    [InlineData("prefer", false)]
    [InlineData("prefer", true)]
    [InlineData("require", false)]
    [InlineData("require", true)]
    public async Task Without_verification_nothing_that_a_certificate_names_is_fetched(string tls, bool sendsIntermediates)
    {
        await Present(Issuer.Issue(Host), sendsIntermediates ? [Issuer.Pem, Middle.Pem] : []);
        Assert.Null((await Probe(tls, null)).Failure?.Message);
        await Query();
        Assert.Equal(0, await Listener.CountConnections());
        AssertNothingStored();
    }

    [Fact]
    public async Task Require_with_a_CA_certificate_uses_the_intermediates_that_the_server_sends()
    {
        await Present(Issuer.Issue("elsewhere.test"), Issuer.Pem, Middle.Pem);
        Assert.Null((await Probe("require", Root.Pem)).Failure?.Message);
        await Query();
        Assert.Equal(0, await Listener.CountConnections());
    }

    [Fact]
    public async Task Require_with_a_CA_certificate_fetches_no_missing_intermediate()
    {
        Listener.Body = Issuer.Der;
        await Present(Issuer.Issue(Host), Middle.Pem);
        var probe = await Probe("require", Root.Pem);
        Assert.Contains("the server does not send its whole chain", probe.Failure!.Message, StringComparison.Ordinal);
        Assert.Equal(0, await Listener.CountConnections());
    }

    [Fact]
    public async Task A_cancelled_statement_fetches_nothing()
    {
        await Present(Issuer.Issue(Host));
        Assert.Null((await Probe("prefer", null)).Failure?.Message);
        await Cancel();
        Assert.Equal(0, await Listener.CountConnections());
    }

    /// <summary>Runs a statement with the settings of the last probe.</summary>
    protected abstract Task Query();

    /// <summary>Runs a statement that is cancelled at its timeout, with the settings of the last probe.</summary>
    protected abstract Task Cancel();
}
