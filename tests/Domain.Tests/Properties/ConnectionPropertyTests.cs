using Connections.Domain;
using Connections.Domain.Connection;
using CsCheck;
using Domain.Tests.Connection;

namespace Domain.Tests.Properties;

public sealed class ConnectionPropertyTests : ConnectionSpec
{
    private static readonly Gen<int> Version = Gen.Int[0, 5];
    private static readonly Gen<Guid> Id = Gen.Int[1, 4].Select(n => new Guid(n, 0, 0, [0, 0, 0, 0, 0, 0, 0, 0]));
    private static readonly Gen<string> Word = Gen.OneOf("Shop", "Till", "shop");

    private static readonly Gen<string[]> Prints = Gen.Shuffle(new[] { ByServer, ByAddress, "f-3", "f-4" }, 1, 3);

    private static readonly Gen<string> Seen = Gen.OneOf(
        [Outcome.Ok, .. Enum.GetValues<FailureKind>().Select(Outcome.From)]);

    private static readonly Gen<ConnectionCommand> Command = Gen.OneOf<ConnectionCommand>(
        Gen.Select(Word, Prints, (name, prints) => new CreateConnection(Created with { Name = name, Fingerprints = prints })),
        Gen.Select(Id, Seen, Version, Gen.Bool, Prints, (probe, outcome, version, person, prints) =>
            new RecordTest(probe, outcome, "As seen.", version, person, Shop, prints)),
        Version.Select(version => new RequireReauth("Refused.", version)),
        Gen.Select(Version, Prints, (entry, prints) => new ReconnectConnection($"v-{entry}", Settings, Masked, Shop, prints)),
        Word.Select(name => new RenameConnection(name)),
        Id.Select(fence => new FenceConnection(fence, NameClaim)),
        Gen.Const(new RecordSecretsDestroyed("no")),
        Gen.Select(Id, Word, (attempt, name) => new StartAuthorization(SigningIn with { Attempt = attempt, Name = name })),
        Gen.Select(Id, Gen.Int[0, 11], (attempt, minutes) => new ReceiveCode(attempt, Noon.AddMinutes(minutes))),
        Id.Select(attempt => new FailAuthorization(attempt, "access_denied", "Refused.")),
        Gen.Select(Version, Gen.Int[1, 14], (version, days) => new WarnOfExpiry(Noon.AddDays(14), "idle", days, version)),
        Gen.Select(Version, Version, (version, entry) => new RepairGrant(version, $"v-{entry}")),
        Gen.Int[0, 9].Select(n => n == 0 ? new DeleteConnection() : (ConnectionCommand)new RenameConnection($"N{n}")));

    private static readonly Gen<List<ConnectionCommand>> Reported = CommandSequences.OutOfOrder(Command);

    [Fact]
    public void The_rules_hold_for_any_commands_in_any_order() => Command.List[1, 40].Sample(
        commands =>
        {
            var walk = new RandomWalk<ConnectionState, ConnectionCommand, ConnectionEvent>(ConnectionDecider.Decider, ConnectionDecider.Names);
            var was = walk.State;
            foreach (var command in commands)
            {
                walk.Send(command);
                Assert.True(walk.State.CredentialVersion >= was.CredentialVersion, "The credential version decreased.");
                if (was.Status is ConnectionStatus.Deleted or ConnectionStatus.Abandoned) Assert.Equal(was.Status, walk.State.Status);
                was = walk.State;
            }

            Assert.True(walk.Events.OfType<ConnectionCreated>().Count() <= 1, "Created twice.");
            Assert.All(
                walk.Events.SkipWhile(e => e is not ConnectionDeleted).Skip(1), e => Assert.IsType<ConnectionSecretsDestroyed>(e));
            var versions = walk.Events.OfType<ConnectionReconnected>().Select(e => e.CredentialVersion).ToList();
            Assert.Equal(Enumerable.Range(2, versions.Count), versions);
        },
        iter: 3000);

    [Fact]
    public void The_connection_follows_the_protocol_for_late_repeated_and_reordered_commands() => Reported.Sample(
        commands =>
        {
            var walk = new RandomWalk<ConnectionState, ConnectionCommand, ConnectionEvent>(ConnectionDecider.Decider, ConnectionDecider.Names);
            var model = new ConnectionModel();
            foreach (var command in commands)
            {
                var first = command is not RecordTest test || test.Probe != walk.State.LastProbe;
                walk.Send(command);
                model = command is RecordTest report ? model.After(report, first) : model.After(command);
                Assert.Equal(
                    (model.Status, model.Name, model.Version, model.Entry),
                    (walk.State.Status, walk.State.Name, walk.State.CredentialVersion, walk.State.Live?.VaultEntry ?? ""));
                Assert.Equal(model.Accounts.Order(), (walk.State.Live?.Fingerprints ?? []).Order());
            }
        },
        iter: 3000,
        print: CommandSequences.Print);
}
