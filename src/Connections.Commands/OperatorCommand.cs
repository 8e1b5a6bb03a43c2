using System.CommandLine;
using Connections.Hosting;

namespace Connections.Commands;

/// <summary>A command that an operator runs once, on the machine, instead of starting the host. To run it twice does no harm.</summary>
internal abstract class OperatorCommand(string name, string description) : Command(name, description)
{
    /// <summary>Runs on a host that is built and not started.</summary>
    /// <exception cref="CommandException">The command did not succeed.</exception>
    public abstract Task Run(IServiceProvider services, ParseResult line, CancellationToken ct);
}
