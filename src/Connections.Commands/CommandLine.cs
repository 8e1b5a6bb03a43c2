using System.CommandLine;
using System.CommandLine.Help;
using System.CommandLine.Parsing;
using System.Runtime.InteropServices;
using Connections.Hosting;
using Connections.Hosting.Settings;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Commands;

/// <summary>The arguments of a host: an optional command, and settings for the configuration.</summary>
public sealed class CommandLine
{
    private static readonly string[] HelpOptions = ["--help", "-h", "-?"];

    private readonly ParseResult? line;

    private CommandLine(ParseResult? line, string[] settings) => (this.line, Settings) = (line, settings);

    /// <summary>The arguments for the configuration: options with a colon in their name, and <c>--data</c> and <c>--urls</c>.</summary>
    public string[] Settings { get; }

    /// <summary>How a command uses the data folder of a Standalone; null if the host should serve.</summary>
    public CommandFolder? Folder => Command is { } command ? new CommandFolder(command.NeedsFolderAlone) : null;

    private OperatorCommand? Command => line?.CommandResult.Command as OperatorCommand;

    // The command with its group, as it was typed, such as "ring rotate".
    private string CommandName => line?.CommandResult.Parent is CommandResult { Command: not RootCommand } group
        ? $"{group.Command.Name} {Command!.Name}"
        : Command!.Name;

    /// <exception cref="CommandException">The arguments are not a complete command: exit code 2.</exception>
    public static CommandLine Read(string[] args)
    {
        if (args is [] || (args[0].StartsWith('-') && !HelpOptions.Contains(args[0])))
        {
            SettingsCheck.RequireSettings(args);
            return new CommandLine(null, args);
        }

        var (words, settings) = Split(args);
        var line = Root().Parse(words, new ParserConfiguration { EnablePosixBundling = false, ResponseFileTokenReplacer = null });
        if (line.Action is not HelpAction && line.Errors.Count > 0) throw CommandException.InvalidArguments(Explain(line));
        return new CommandLine(line, settings);
    }

    /// <summary>Sends the logs of a command to the error stream, so that standard output holds the result only.</summary>
    public void Configure(IHostApplicationBuilder builder)
    {
        if (Command is null) return;
        builder.Logging.SetMinimumLevel(LogLevel.Warning);
        builder.Logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
    }

    /// <summary>Prints the help when it was requested, or runs a command that needs no configuration.</summary>
    /// <returns>Whether there is nothing left to do.</returns>
    /// <exception cref="CommandException">The command did not succeed.</exception>
    public bool Help(TextWriter? output = null)
    {
        if (line?.Action is HelpAction) line.Invoke(new InvocationConfiguration { Output = output ?? Console.Out });
        else if (line?.CommandResult.Command is DefinitionCommand command) command.Run(line, Settings, output ?? Console.Out);
        else return false;
        return true;
    }

    /// <returns>False when there is no command, and the host should serve.</returns>
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
            throw CommandException.Failed($"{CommandName} was stopped before it finished. It can be run again.");
        }
        catch (Exception fault) when (StoreFaults.Describe(fault) is { } reason)
        {
            throw CommandException.Failed($"{CommandName} failed and can be run again: {reason}");
        }

        void Stop(PosixSignalContext context)
        {
            context.Cancel = true;
            stop.Cancel();
        }
    }

    private static RootCommand Root() => new(
        "Without a command the host serves. Every command can be run again. Settings may follow: --data DIR, --Sql:Connection=…")
    {
        new Command("keys", "API keys") { new KeysCreateCommand(), new KeysListCommand(), new KeysDeleteCommand() },
        new MigrateCommand(),
        new RebuildCommand(),
        new LedgerCommand(),
        new Command("error-queue", "Messages that could not be handled")
        {
            new ErrorQueueListCommand(), new ErrorQueueRetryCommand(), new ErrorQueueDropCommand()
        },
        new Command("connectors", "Connectors that are defined as data")
        {
            new ConnectorsCheckCommand(), new ConnectorsListCommand(), new ConnectorsNewCommand(), new ConnectorsSchemaCommand(),
            new ConnectorsTryCommand()
        },
        new Command("ring", "The key ring of the vault") { new RingCommand() }
    };

    // The parser does not know the settings: the configuration reads them.
    private static (string[] Words, string[] Settings) Split(string[] args)
    {
        var (words, settings) = (new List<string>(), new List<string>());
        for (var i = 0; i < args.Length; i++)
        {
            var name = args[i].Split('=', 2)[0];
            var setting = name.StartsWith("--", StringComparison.Ordinal)
                && (name is "--data" or "--urls" || name.Contains(':', StringComparison.Ordinal));
            if (!setting)
            {
                words.Add(args[i]);
                continue;
            }

            SettingsCheck.Require(name);
            settings.Add(name.Length < args[i].Length ? args[i] : $"{name}={SettingsCheck.Value(args, ref i)}");
        }

        return ([.. words], [.. settings]);
    }

    private static string Explain(ParseResult line)
    {
        var command = line.CommandResult.Command;
        var problem = line.UnmatchedTokens is [var token, ..]
            ? $"Unexpected argument: {token}."
            : command.Subcommands.Count > 0 && command is not RootCommand
                ? $"A command is missing after {command.Name}: {string.Join(" or ", command.Subcommands.Select(c => c.Name))}."
                : line.Errors[0].Message;
        return $"{problem} --help lists the commands.";
    }
}
