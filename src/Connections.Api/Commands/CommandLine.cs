using System.Runtime.InteropServices;
using Connections.Hosting;

namespace Connections.Api;

/// <summary>What the host was started with: a command or none, its options, and what is left for the configuration.</summary>
public sealed class CommandLine
{
    private static readonly Command[] All =
    [
        new KeysCommand(), new MigrateCommand(), new RebuildCommand(), new LedgerCommand(),
        new ErrorQueueListCommand(), new ErrorQueueRetryCommand(), new RingCommand()
    ];

    private readonly Dictionary<string, string?> options = [];
    private readonly List<string> names = [];
    private readonly List<string> settings = [];
    private bool help;

    private CommandLine(Command? command) => Command = command;

    public Command? Command { get; }

    public IReadOnlyList<string> Names => names;

    /// <summary>For the configuration: options with a colon in their name, and the few that have none.</summary>
    public string[] Settings => [.. settings];

    public string? this[string option] => options.GetValueOrDefault(option);

    public bool Has(string option) => options.ContainsKey(option);

    /// <exception cref="CommandException">The words are no command, or not all of one: exit code 2.</exception>
    public static CommandLine Read(string[] args)
    {
        if (args is [] || (args[0].StartsWith('-') && !AsksForHelp(args[0])))
        {
            var none = new CommandLine(null);
            none.settings.AddRange(args);
            return none;
        }

        if (args.Any(AsksForHelp)) return new CommandLine(null) { help = true };
        var command = All.FirstOrDefault(c => args.Take(Length(c)).SequenceEqual(c.Words.Split(' ')))
            ?? throw CommandException.Words(Unknown(args));
        var line = new CommandLine(command);
        line.Take(args[Length(command)..]);
        command.Check(line);
        return line;
    }

    /// <summary>In a command, what is logged goes to the error stream: its answer stands alone.</summary>
    public void Configure(WebApplicationBuilder builder)
    {
        if (Command is null) return;
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>Lists the commands, where that was asked for; it needs nothing configured.</summary>
    public bool Help()
    {
        if (!help) return false;
        Console.WriteLine("Without a command the host serves. Commands, each of which may be run twice:");
        foreach (var command in All) Console.WriteLine($"\n  {$"{command.Words} {command.Usage}".TrimEnd()}\n      {command.What}");
        Console.WriteLine("\nSettings may follow each: --data DIR, --Sql:Connection=…");
        return true;
    }

    /// <summary>False: there was no command, and the host is to serve.</summary>
    /// <exception cref="CommandException">It did not come about.</exception>
    public async Task<bool> Run(WebApplication app)
    {
        if (Command is null) return false;
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await Command.Run(app.Services, this, stop.Token);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw CommandException.World($"{Command.Words} was stopped before its end; it can be run again.");
        }
        catch (Exception fault) when (Stores.Said(fault) is { } said)
        {
            throw CommandException.World($"{Command.Words} did not come to its end, and can be run again: {said}");
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    /// <summary>For an option that is given and will not do.</summary>
    public CommandException Wrong(string why) => CommandException.Words($"{why}\nUsage: {Command?.Words} {Command?.Usage}".TrimEnd());

    private static bool AsksForHelp(string arg) => arg is "--help" or "-h" or "-?";

    private static int Length(Command command) => command.Words.Split(' ').Length;

    private static string Unknown(string[] args)
    {
        var begun = All.Where(c => c.Words.StartsWith($"{args[0]} ", StringComparison.Ordinal)).ToList();
        return begun.Count == 0
            ? $"\"{args[0]}\" is not a command. --help lists them."
            : $"\"{args[0]}\" wants another word. Usage: {string.Join(" or ", begun.Select(c => $"{c.Words} {c.Usage}".TrimEnd()))}";
    }

    private void Take(string[] args)
    {
        for (var i = 0; i < args.Length; i++)
        {
            if (!args[i].StartsWith("--", StringComparison.Ordinal))
            {
                names.Add(args[i]);
                if (names.Count > Command!.MostNames) throw Wrong($"\"{args[i]}\" is one word too many.");
                continue;
            }

            var (name, given) = args[i][2..].Split('=', 2) is [var before, var after] ? (before, after) : (args[i][2..], null);
            if (Command!.Flags.Contains(name) && given is null)
            {
                options[name] = null;
                continue;
            }

            var setting = name is "data" or "urls" || name.Contains(':', StringComparison.Ordinal);
            if (!setting && !Command.Values.Contains(name)) throw Wrong($"\"--{name}\" is not an option of {Command.Words}.");
            var value = given ?? (++i < args.Length ? args[i] : throw Wrong($"--{name} wants a value."));
            if (setting) settings.Add($"--{name}={value}");
            else options[name] = value;
        }
    }
}
