using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Guard;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Domain.Claims;
using Connections.Domain.Connection;
using Connections.Operations;
using Connections.Operations.Claims;
using Connections.Operations.Connections;
using Connections.Operations.Grants;
using EventSourcing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Microsoft.Extensions.Time.Testing;
using Operations.Tests.Interleaving;

namespace Operations.Tests;

/// <summary>The operations on connections, with a log in memory, a connector that accepts all credentials, and a fake clock.</summary>
internal sealed class InProcessOperations
{
    public static readonly RequestContext Anna = new("default", "anna");

    private static readonly CancellationToken None = CancellationToken.None;

    private readonly CreateConnections create;
    private readonly ChangeConnections change;
    private readonly TestConnections test;
    private readonly SteppedVault vault;
    private readonly Fingerprints fingerprints;

    public InProcessOperations()
    {
        Log = new InterruptedLog(new SteppedLog(new InMemoryEventLog(Clock)));
        Connections = new ConnectionStreams(Log);
        Claims = new ClaimKeeper(new ClaimStreams(Log), Connections, new ClaimGracePeriod(Clock), Clock);
        var catalogue = new ConnectorCatalogue([Connector]);
        var time = TimeProvider.System; // provider timeouts are not under test
        var faults = new OperatorFaults(new OAuthApplications(new ConfigurationBuilder().Build()), NullLogger<OperatorFaults>.Instance);
        var runner = new ConnectorRunner(
            catalogue, new ConnectionSlots(), new CredentialMemory(time), new HostCircuits(time), faults, time, NullLogger<ConnectorRunner>.Instance);
        fingerprints = new Fingerprints(new PlainHash());
        var probe = new ConnectionProbe(runner, fingerprints);
        var forms = new ConnectionForms(catalogue, Clock);
        var refusals = new ProbeRejections(Options.Create(new NetworkOptions()));
        vault = new SteppedVault(Vault);
        create = new CreateConnections(Connections, forms, probe, Claims, fingerprints, vault, refusals);
        change = new ChangeConnections(Connections, forms, probe, Claims, vault, refusals);
        var nobodySignsInHere = new AccessTokens(catalogue, tokens: null!, NullLogger<AccessTokens>.Instance);
        test = new TestConnections(Connections, new TokenStreams(Log), probe, Claims, vault, nobodySignsInHere);
    }

    public FakeTimeProvider Clock { get; } = new();

    public InterruptedLog Log { get; }

    public OpenConnector Connector { get; } = new();

    public OpenVault Vault { get; } = new();

    public ConnectionStreams Connections { get; }

    public ClaimKeeper Claims { get; }

    public Task<ClaimState> NameClaim(string name) => Holder(ClaimId.ForName(Anna.Workspace, OpenConnector.Id, name));

    public Task<ClaimState> AccountClaim(string fingerprint) => Holder(ClaimId.ForAccount(fingerprint));

    public Task<Guid> Create(Guid id, string name, string accounts) => create.Create(
        Anna, new NewConnection(id, OpenConnector.Id, name, JsonSerializer.SerializeToElement(new { accounts }), null, false), None);

    public Task Rename(Guid id, string name) => change.Rename(Anna, id, name, None);

    public Task Reconnect(Guid id, string accounts) =>
        change.Reconnect(Anna, id, new NewCredentials(JsonSerializer.SerializeToElement(new { accounts }), null), None);

    /// <summary>Does what the reactor does after a deletion: destroys the secrets, then records that.</summary>
    public async Task DestroySecrets(Guid id)
    {
        if ((await State(id)).Status != ConnectionStatus.Deleted) return;
        await vault.Destroy(Id(id), None);
        await Connections.Handle(Id(id), new RecordSecretsDestroyed("notSupported"), Anna.Metadata, None);
    }

    public Task Delete(Guid id) => change.Delete(Anna, id, None);

    public Task Test(Guid id) => test.Test(Anna, id, None);

    public Task<Claim> TakeName(Guid id, string name) => Claims.TakeName(Anna, id, OpenConnector.Id, name, None);

    public Task Release(Claim claim) => Claims.GiveBack([claim], Anna, None);

    public async Task<string> Fingerprint(string account) =>
        Assert.Single(await fingerprints.Compute(Anna.Workspace, OpenConnector.Id, [new AccountIdentity("typed", account)], None));

    public async Task<ConnectionState> State(Guid id) => (await Connections.Load(Id(id), None)).State;

    /// <summary>The stored names of the events of a connection.</summary>
    public async Task<IEnumerable<string>> History(Guid id) => (await Log.Read(Stream(id), None)).Events.Select(e => e.Type);

    public static ConnectionId Id(Guid id) => Anna.Connection(id);

    public static string Stream(Guid id) => Id(id).Stream;

    /// <summary>Asserts a rejection with this code that names the other connection.</summary>
    public static async Task Refused(string code, Guid because, Func<Task> work)
    {
        var refused = await Assert.ThrowsAsync<RejectedException>(work);
        Assert.Equal((code, (object)because), (refused.Code, refused.Facts["connectionId"]));
    }

    private async Task<ClaimState> Holder(ClaimId id) => (await new ClaimStreams(Log).Load(id, None)).State;
}
