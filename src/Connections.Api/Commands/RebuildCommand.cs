using System.Globalization;
using Connections.Hosting;
using EventSourcing;
using EventSourcing.Sql;
using Spectre.Console;

namespace Connections.Api;

/// <summary>A read model from the start of the log, beside the live one, which goes on until the new one takes its place.</summary>
internal sealed class RebuildCommand : Command
{
    public override string Words => "rebuild";

    public override string Usage => string.Join('|', BuiltFromTheLog.Names);

    public override string What => "Builds a read model again from the log, beside the live one, and puts it in its place (in PostgreSQL)";

    public override int MostNames => 1;

    public override void Check(CommandLine said)
    {
        if (said.Names is not [var name]) throw said.Wrong("Which read model?");
        if (name == "ledger") throw said.Wrong("The ledger counts activities that the log holds no more: it cannot be built from the log.");
        if (!BuiltFromTheLog.Names.Contains(name)) throw said.Wrong($"\"{name}\" is not a read model.");
    }

    public override async Task Run(IServiceProvider services, CommandLine said, CancellationToken ct)
    {
        var projection = BuiltFromTheLog.Projections(services).Single(p => p.Name == said.Names[0]);
        if (services.GetRequiredService<ReadModelDatabase>().Sql is not PostgresDatabase database)
            throw CommandException.World("In an embedded deployment, delete readmodels.db while the service is stopped: its next start builds it again.");
        var (log, clock) = (services.GetRequiredService<IEventLog>(), services.GetRequiredService<TimeProvider>());
        Console.WriteLine(
            $"Builds {projection.Name} again from the start of the log, beside the live rows in {database.Target}. They serve until the switch.");
        var began = clock.GetTimestamp();
        try
        {
            var done = await Shown(projection.Name, progress => new Rebuild(database, projection, log, clock).Run(progress, ct));
            var took = clock.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{projection.Name}: {done.Events} events in {took:0.0} s; the new rows are live, at position {done.Position}."));
        }
        catch (RebuildException failed)
        {
            throw CommandException.World(failed.Message);
        }
    }

    private static Task<RebuildProgress> Shown(string name, Func<IProgress<RebuildProgress>, Task<RebuildProgress>> work)
    {
        if (Console.IsOutputRedirected) return work(new Lines(name));
        return AnsiConsole.Progress().StartAsync(async context =>
        {
            var bar = context.AddTask(name);
            return await work(new Bar(bar));
        });
    }

    private static double Part(RebuildProgress at) => at.Head == 0 ? 1 : (double)at.Position / at.Head;

    private sealed class Bar(ProgressTask bar) : IProgress<RebuildProgress>
    {
        public void Report(RebuildProgress value) => bar.Value = 100 * Math.Min(1, Part(value));
    }

    private sealed class Lines(string name) : IProgress<RebuildProgress>
    {
        private int tenths;

        public void Report(RebuildProgress value)
        {
            var now = (int)(10 * Math.Min(1, Part(value)));
            if (now <= tenths) return;
            tenths = now;
            Console.WriteLine($"{name}: {10 * now} %, {value.Events} events");
        }
    }
}
