namespace Connections.Hosting;

/// <summary>What was asked for on the command line did not come about; the message says why, in full.</summary>
public sealed class CommandException : Exception
{
    private CommandException(string message, int exitCode)
        : base(message) => ExitCode = exitCode;

    /// <summary>Of the process: 2 where the words were wrong, 1 where the world was.</summary>
    public int ExitCode { get; }

    public static CommandException Words(string message) => new(message, 2);

    public static CommandException World(string message) => new(message, 1);
}
