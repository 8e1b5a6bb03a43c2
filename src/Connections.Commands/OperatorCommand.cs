using System.CommandLine;
using Connections.Hosting;

namespace Connections.Commands;

/// <summary>A command that an operator runs on the machine instead of starting the host. Running it twice does no harm.</summary>
internal abstract class OperatorCommand(string name, string description) : Command(name, description)
{
    /// <summary>Why the command cannot run beside a Standalone on the same data folder, and what to do instead; null if it can.</summary>
    public virtual string? NeedsFolderAlone => null;

    /// <summary>Runs with the services of a host that is built but not started.</summary>
    /// <exception cref="CommandException">The command did not succeed.</exception>
    public abstract Task Run(IServiceProvider services, ParseResult line, CancellationToken ct);
}
