using Connections.Domain;
using Connections.Domain.Connection;
using Domain.Tests.Connection;
using EventSourcing;

namespace Domain.Tests;

/// <summary>
/// Load, prepare, decide, append: the steps that are repeated after a conflict, and those that are undone after a failure.
/// </summary>
public sealed class PreparationTests : ConnectionSpec
{
    private static readonly ConnectionId Id = new("default", Guid.CreateVersion7());

    private static readonly EventMetadata Metadata = new("default", "test");

    private readonly InMemoryEventLog log = new();
    private readonly ConnectionStreams streams;
    private readonly List<string> undone = [];

    public PreparationTests() => streams = new ConnectionStreams(log);

    [Fact]
    public async Task The_preparation_runs_again_on_the_new_state_after_a_conflict()
    {
        await Append(Created);
        var names = new List<string>();

        var handled = await Handle(async now =>
        {
            names.Add(now.State.Name);
            now.OnFailure(Undo("claim"));
            if (names.Count == 1) await Append(new ConnectionRenamed("Till"));
            return new RenameConnection("Kiosk");
        });

        Assert.Equal(["Shop", "Till"], names);
        Assert.Equal(("Kiosk", 2), (handled.State.Name, handled.Revision));
        Assert.Empty(undone);
    }

    [Fact]
    public async Task A_rejected_command_undoes_the_preparation_in_reverse_order()
    {
        await Append(Created, Deleted);

        await Assert.ThrowsAsync<RejectedException>(() => Handle(now =>
        {
            now.OnFailure(Undo("first"));
            now.OnFailure(Undo("second"));
            return Task.FromResult<ConnectionCommand?>(new RenameConnection("Kiosk"));
        }));

        Assert.Equal(["second", "first"], undone);
    }

    [Fact]
    public async Task A_preparation_that_fails_half_way_undoes_its_steps_and_those_of_the_previous_attempt()
    {
        await Append(Created);
        var tries = 0;

        await Assert.ThrowsAsync<RejectedException>(() => Handle(async now =>
        {
            tries++;
            now.OnFailure(Undo($"try {tries}"));
            if (tries == 2) throw new RejectedException("connection.name-taken");
            await Append(new ConnectionFenced(Guid.NewGuid(), NameClaim));
            return new RenameConnection("Kiosk");
        }));

        Assert.Equal(["try 2", "try 1"], undone);
    }

    [Theory]
    [InlineData(null, 3)]
    [InlineData(5, 5)]
    public async Task A_command_that_conflicts_each_time_fails_and_everything_is_undone(int? limit, int expected)
    {
        await Append(Created);
        var tries = 0;
        async Task<ConnectionCommand?> Prepare(Preparation<ConnectionState> now, CancellationToken ct)
        {
            now.OnFailure(Undo($"try {++tries}"));
            await Append(new ConnectionFenced(Guid.NewGuid(), NameClaim));
            return new RenameConnection("Kiosk");
        }

        await Assert.ThrowsAsync<StreamConflictException>(() => limit is { } attempts
            ? streams.Handle(Id, Metadata, Prepare, default, attempts)
            : streams.Handle(Id, Metadata, Prepare, default));

        Assert.Equal(expected, tries);
        Assert.Equal(expected, undone.Count);
        Assert.Equal("Shop", (await streams.Load(Id, default)).State.Name);
    }

    [Fact]
    public async Task A_preparation_that_finds_nothing_to_do_appends_nothing_and_undoes_nothing()
    {
        await Append(Created);

        var handled = await Handle(now =>
        {
            now.OnFailure(Undo("claim"));
            return Task.FromResult<ConnectionCommand?>(null);
        });

        Assert.Equal((0, null), (handled.Revision, handled.Position));
        Assert.Empty(undone);
    }

    [Fact]
    public async Task A_fault_with_an_unknown_append_result_undoes_nothing()
    {
        await Append(Created);

        await Assert.ThrowsAsync<TimeoutException>(() => Handle(now =>
        {
            now.OnFailure(Undo("claim"));
            throw new TimeoutException();
        }));

        Assert.Empty(undone);
    }

    private Func<Task> Undo(string step) => () =>
    {
        undone.Add(step);
        return Task.CompletedTask;
    };

    private Task<Loaded<ConnectionState>> Handle(Func<Preparation<ConnectionState>, Task<ConnectionCommand?>> prepare) =>
        streams.Handle(Id, Metadata, (now, _) => prepare(now), default);

    private async Task Append(params ConnectionEvent[] events) => await log.Append(
        Id.Stream,
        (await log.Read(Id.Stream, default)).Revision,
        [.. events.Select(e => ConnectionDecider.Names.Write(Guid.NewGuid(), e, Metadata))],
        default);
}
