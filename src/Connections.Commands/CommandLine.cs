using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Connections.Hosting;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Commands;

/// <summary>The arguments of a host: a command or none, and the settings for the configuration.</summary>
public sealed class CommandLine
{
    private static readonly string[] HelpOptions = ["--help", "-h", "-?"];

    private readonly ParseResult? line;

    private CommandLine(ParseResult? line, string[] settings) => (this.line, Settings) = (line, settings);

    /// <summary>For the configuration: options with a colon in their name, and the few that have none.</summary>
    public string[] Settings { get; }

    private OperatorCommand? Command => line?.CommandResult.Command as OperatorCommand;

    // with the group that it stands in, as it was typed: ring rotate
    private string Words => line?.CommandResult.Parent is CommandResult { Command: not RootCommand } group
        ? $"{group.Command.Name} {Command!.Name}"
        : Command!.Name;

    /// <exception cref="CommandException">The arguments are no command, or not all of one: exit code 2.</exception>
    public static CommandLine Read(string[] args)
    {
        if (args is [] || (args[0].StartsWith('-') && !HelpOptions.Contains(args[0]))) return new CommandLine(null, args);
        var (words, settings) = Split(args);
        var line = Root().Parse(words, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (line.Action is not HelpAction && line.Errors.Count > 0) throw CommandException.Words(Explain(line));
        return new CommandLine(line, settings);
    }

    /// <summary>In a command, logs go to the error stream: its result stands alone.</summary>
    public void Configure(IHostApplicationBuilder builder)
    {
        if (Command is null) return;
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>Prints the help that was asked for; nothing needs to be configured for it.</summary>
    public bool Help()
    {
        if (line?.Action is not HelpAction) return false;
        line.Invoke();
        return true;
    }

    /// <summary>False: there was no command, and the host is to serve.</summary>
    /// <exception cref="CommandException">The command did not succeed.</exception>
    public async Task<bool> Run(IHost host)
    {
        if (Command is null) return false;
        using var stop = new CancellationTokenSource();
        using var interrupted = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
        using var terminated = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
        try
        {
            await Command.Run(host.Services, line!, stop.Token);
            return true;
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            throw CommandException.World($"{Words} was stopped before its end; it can be run again.");
        }
        catch (Exception fault) when (StoreFaults.Describe(fault) is { } said)
        {
            throw CommandException.World($"{Words} did not come to its end, and can be run again: {said}");
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static RootCommand Root() => new(
        "Without a command the host serves. Each command may be run twice. Settings may follow each: --data DIR, --Sql:Connection=…")
    {
        new Command("keys", "API keys") { new KeysCommand() },
        new MigrateCommand(),
        new RebuildCommand(),
        new LedgerCommand(),
        new Command("error-queue", "Messages that could not be handled") { new ErrorQueueListCommand(), new ErrorQueueRetryCommand() },
        new Command("ring", "The key ring of the vault") { new RingCommand() }
    };

    // settings are open-ended, and the configuration reads them
    private static (string[] Words, string[] Settings) Split(string[] args)
    {
        var (words, settings) = (new List<string>(), new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].Split('=', 2)[0];
            var setting = name.StartsWith("--", StringComparison.Ordinal)
                && (name is "--data" or "--urls" || name.Contains(':', StringComparison.Ordinal));
            if (!setting) words.Add(args[i]);
            else if (name.Length < args[i].Length) settings.Add(args[i]);
            else settings.Add($"{name}={(++i < args.Length ? args[i] : throw CommandException.Words($"A value is missing for the setting {name}."))}");
        }

        return ([.. words], [.. settings]);
    }

    private static string Explain(ParseResult line)
    {
        var command = line.CommandResult.Command;
        var wrong = line.UnmatchedTokens is [var token, ..]
            ? $"Unexpected argument: {token}."
            : command.Subcommands.Count > 0 && command is not RootCommand
                ? $"A command is missing after {command.Name}: {string.Join(" or ", command.Subcommands.Select(c => c.Name))}."
                : line.Errors[0].Message;
        return $"{wrong} --help lists the commands.";
    }
}
