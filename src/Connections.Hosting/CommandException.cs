namespace Connections.Hosting;

/// <summary>A command of the command line failed. The message is shown to the operator as it is.</summary>
public sealed class CommandException : Exception
{
    private CommandException(string message, int exitCode)
        : base(message) => ExitCode = exitCode;

    /// <summary>The exit code of the process: 2 for invalid arguments, 1 for a command that failed.</summary>
    public int ExitCode { get; }

    public static CommandException InvalidArguments(string message) => new(message, 2);

    public static CommandException Failed(string message) => new(message, 1);
}
