using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;

namespace Sql.Tests;

public abstract class LoopHostContract(TestDatabase database) : DatabaseContract(database)
{
    [Fact]
    public async Task A_host_runs_every_registered_projection_and_reactor()
    {
        var builder = Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings());
        var log = new InMemoryEventLog();
        builder.Services.AddLogging()
            .AddSingleton<IEventLog>(log)
            .AddSingleton(new ReadModelDatabase(Database))
            .AddSingleton(new ServiceDatabase(Database))
            .AddProjection<First>().AddProjection<Second>().AddReactor<Third>();
        using var host = builder.Build();
        await host.StartAsync(Ct);
        var health = host.Services.GetRequiredService<LoopHealth>();
        var appended = await log.Append("thing-1", Revision.NoStream, [new NewEvent(Guid.NewGuid(), "a", default, default)], Ct);

        string[] loops = ["first", "second", "third"];
        await Task.WhenAll(loops.Select(loop => health.Reached(loop, appended.Position, Ct)));

        Assert.Equal(loops, health.Loops.Select(l => l.Name));
        Assert.Equal(1, host.Services.GetRequiredService<Third>().Count);
        await host.StopAsync(Ct);
        Assert.All(health.Loops, l => Assert.Equal(LoopState.Stopped, l.State));
    }

    private abstract class EmptyProjection(string name) : IProjection
    {
        public string Name => name;

        public IReadOnlyList<string> Prefixes => [];

        public Migrations Tables => new(name);

        public Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct) => Task.CompletedTask;
    }

    private sealed class First() : EmptyProjection("first");

    private sealed class Second() : EmptyProjection("second");

    private sealed class Third : IReactor
    {
        public int Count { get; private set; }

        public string Name => "third";

        public IReadOnlyList<string> Prefixes => [];

        public Task React(IReadOnlyList<RecordedEvent> events, CancellationToken ct)
        {
            Count += events.Count;
            return Task.CompletedTask;
        }
    }
}
