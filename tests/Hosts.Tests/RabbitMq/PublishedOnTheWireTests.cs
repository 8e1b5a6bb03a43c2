using System.Text.Json;
using Connections.Contracts;
using Connections.Domain;
using Connections.Domain.Connection;
using Connections.Operations.Connections;
using Hosts.Tests.Harness;
using Contracts = Connections.Contracts;

namespace Hosts.Tests.RabbitMq;

/// <summary>The exact form of published messages, for programs without our types and libraries.</summary>
[Collection(BrokerFixture.Name)]
public sealed class PublishedOnTheWireTests(BrokerFixture broker) : WorkersFixture(broker)
{
    private const string AboutHttp = "eventId, workspace, connectionId, connector, version, at"; // no message here contains them
    private const string About = $"{AboutHttp}, correlationId";
    private const string Kept = "name, account, credentialVersion";

    private static readonly DateTimeOffset End = new(2027, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private static readonly Dictionary<string, string[]> Fields = new()
    {
        ["activity-finished"] =
        [
            $"activityId, activity, outcome, output, attempts, caller, {About}", $"activityId, activity, outcome, error, attempts, {About}"
        ],
        ["activity-waiting"] = [$"activityId, kind, credentialVersion, {About}"],
        ["connection-created"] = [$"{Kept}, {AboutHttp}"],
        ["connection-renamed"] = [$"{Kept}, {About}"],
        ["connection-reconnected"] = [$"{Kept}, {AboutHttp}"],
        ["connection-deleted"] = [$"{Kept}, {About}", $"{Kept}, revoked, {About}"],
        ["connection-expiring"] = [$"expiresAt, basis, daysLeft, {AboutHttp}"],
        ["connection-tested"] = [$"outcome, message, credentialVersion, {About}"],
        ["connection-reauth-required"] = [$"reason, credentialVersion, waitingActivities, {About}"],
        ["command-refused"] = [$"commandId, command, code, detail, {About}"]
    };

    [Fact]
    public async Task Every_message_is_plain_json_with_the_id_of_its_event()
    {
        await Everything();
        var wires = Workers.Heard.OnTheWire.ToList();
        Assert.Equal(Fields.Keys.Order(), wires.Select(w => w.Exchange).Distinct().Order());
        foreach (var wire in wires)
        {
            using var body = JsonDocument.Parse(wire.Body);
            Assert.Equal(("application/json", true), (wire.ContentType, wire.Persistent));
            Assert.Equal(["x-dotnet-pub-seq-no"], wire.Headers); // the client's own counter for publisher confirms
            Assert.Equal(body.RootElement.GetProperty("eventId").GetString(), wire.MessageId);
            Assert.Matches("\"at\":\"[0-9-]{10}T[0-9:]{8}(\\.[0-9]+)?Z\"", wire.Body);
            Assert.DoesNotContain("null", wire.Body, StringComparison.Ordinal);
        }

        foreach (var (exchange, forms) in Fields)
            Assert.Equal(forms.Select(Sorted).Order(), wires.Where(w => w.Exchange == exchange).Select(w => Sorted(Names(w))).Distinct().Order());
    }

    [Fact]
    public async Task A_finished_activity_is_published()
    {
        var connection = await Workers.Connect("one");
        var command = Workers.Activity(connection, "grüße <x>") with { CorrelationId = "run-7", Caller = new Contracts.Caller("flow", "7", "b") };
        await Workers.Send(command);
        var finished = await Workers.Finished(command.ActivityId);
        var wire = Assert.Single(Workers.Heard.OnTheWire, w => w.Exchange == "activity-finished");
        Assert.Equal(
            $$$"""
            {"activityId":"{{{command.ActivityId}}}","activity":"read","outcome":"succeeded","output":{"value":"grüße <x>"},"attempts":1,
            "caller":{"workflow":"flow","run":"7","step":"b"},"eventId":"{{{finished.EventId}}}","workspace":"default",
            "connectionId":"{{{connection}}}","connector":"scripted","version":2,"at":"{{{Time(finished.At)}}}","correlationId":"run-7"}
            """.Replace("\n", "", StringComparison.Ordinal),
            wire.Body);
    }

    private static string Time(DateTimeOffset at) =>
        at.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", System.Globalization.CultureInfo.InvariantCulture);

    private static string Names(WireMessage wire)
    {
        using var body = JsonDocument.Parse(wire.Body);
        return string.Join(", ", body.RootElement.EnumerateObject().Select(p => p.Name));
    }

    private static string Sorted(string names) => string.Join(", ", names.Split(", ").Order(StringComparer.Ordinal));

    private async Task Everything()
    {
        var (id, command) = (await Workers.Connect("one"), Guid.NewGuid());
        await Workers.Finished(await Workers.Send(Workers.Activity(id) with { Caller = new Contracts.Caller("flow", "7", "b") }));
        await Workers.Send(new Contracts.TestConnection(Workers.Workspace, command, id), "test-connection");
        await Workers.Hears<Contracts.ConnectionTested>(m => m.ConnectionId == id, "tested");
        await Workers.Send(new Contracts.RenameConnection(Workers.Workspace, command, id, "two"), "rename-connection");
        await Workers.Hears<Contracts.ConnectionRenamed>(m => m.ConnectionId == id, "renamed");
        await Workers.Get<ConnectionStreams>().Handle(
            new ConnectionId(Workers.Workspace, id), new WarnOfExpiry(End, "idle", 14, 1), Workers.Context.Metadata, CancellationToken.None);
        Assert.Equal(End, (await Workers.Hears<Contracts.ConnectionExpiring>(m => m.ConnectionId == id, "warned")).ExpiresAt);
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.ReauthRequired, Delivered.No);
        var waiting = await Workers.Send(Workers.Activity(id));
        await Workers.Hears<ActivityWaiting>(m => m.ActivityId == waiting, "it waits");
        await Workers.Hears<Contracts.ConnectionReauthRequired>(m => m.ConnectionId == id, "it needs a reconnect");
        Provider.Answer = _ => ScriptedConnector.Fails(FailureKind.Forbidden, Delivered.Yes);
        await Workers.Get<ChangeConnections>().Reconnect(Workers.Context, id, new NewCredentials(null, Workers.Credentials("one")), CancellationToken.None);
        Assert.Equal("failed", (await Workers.Finished(waiting)).Outcome);
        await Workers.Send(new Contracts.DeleteConnection(Workers.Workspace, command, id), "delete-connection");
        await Workers.Hears<Contracts.ConnectionDeleted>(m => m is { Revoked: not null } && m.ConnectionId == id, "deleted");
        await Workers.Send(new Contracts.RenameConnection(Workers.Workspace, command, id, "three"), "rename-connection");
        await Workers.Hears<CommandRefused>(m => m.CommandId == command, "refused");
    }
}
