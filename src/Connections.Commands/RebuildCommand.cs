using System.CommandLine;
using System.CommandLine.Parsing;
using System.Globalization;
using Connections.Hosting;
using Connections.ReadModels;
using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Rebuilds;
using Microsoft.Extensions.DependencyInjection;
using Spectre.Console;

namespace Connections.Commands;

/// <summary>Rebuilds a read model from the start of the log beside the live one, which serves until the new one replaces it.</summary>
internal sealed class RebuildCommand : OperatorCommand
{
    private static readonly string[] Names = [.. ReadModelRegistry.Rebuildable.Select(model => model.Name)];

    private readonly Argument<string> model = new("model") { Description = $"One of {string.Join(", ", Names)}" };

    public RebuildCommand()
        : base("rebuild", "Rebuilds a read model from the log beside the live one, then replaces the live one (PostgreSQL only)")
    {
        model.Validators.Add(Check);
        Arguments.Add(model);
    }

    public override string NeedsFolderAlone =>
        "rebuild cannot run beside the service that uses this data folder. Stop the service first. To rebuild read models in that folder, delete "
        + "readmodels.db while the service is stopped: its next start rebuilds it.";

    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var projection = ReadModelRegistry.Rebuildable.Single(m => m.Name == line.GetValue(model)).Projection(services);
        if (services.GetRequiredService<ReadModelDatabase>().Sql is not PostgresDatabase database)
            throw CommandException.Failed("In an embedded deployment, delete readmodels.db while the service is stopped: its next start rebuilds it.");
        var (log, clock) = (services.GetRequiredService<IEventLog>(), services.GetRequiredService<TimeProvider>());
        Console.WriteLine(
            $"Rebuilding {projection.Name} from the start of the log in {database.Target}. The live rows serve until the switch.");
        var began = clock.GetTimestamp();
        try
        {
            var done = await ShowProgress(projection.Name, progress => new Rebuild(database, projection, log, clock).Run(progress, ct));
            var took = clock.GetElapsedTime(began).TotalSeconds;
            Console.WriteLine(string.Create(
                CultureInfo.InvariantCulture, $"{projection.Name}: {done.Events} events in {took:0.0} s; the new rows are live, at position {done.Position}."));
        }
        catch (RebuildException failed)
        {
            throw CommandException.Failed(failed.Message);
        }
    }

    private static void Check(ArgumentResult argument)
    {
        var name = argument.Tokens is [var token] ? token.Value : "";
        if (Names.Contains(name)) return;
        argument.AddError(ReadModelRegistry.All.Any(model => model.Name == name)
            ? $"The read model {name} cannot be rebuilt: it counts activities that are no longer in the log."
            : $"\"{name}\" is not a read model. The read models are: {string.Join(", ", Names)}.");
    }

    private static Task<RebuildProgress> ShowProgress(string name, Func<IProgress<RebuildProgress>, Task<RebuildProgress>> work)
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
