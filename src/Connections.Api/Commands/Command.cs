using Connections.Hosting;

namespace Connections.Api;

/// <summary>What an operator does on the machine, once, by the words that follow the name of the host. Twice does no harm.</summary>
public abstract class Command
{
    /// <summary>One or two: <c>ring rotate</c>.</summary>
    public abstract string Words { get; }

    /// <summary>What may follow the words.</summary>
    public virtual string Usage => "";

    /// <summary>What it does, in a line.</summary>
    public abstract string What { get; }

    /// <summary>Options that want a value, without their dashes.</summary>
    public virtual IReadOnlyList<string> Values => [];

    /// <summary>Options that want none.</summary>
    public virtual IReadOnlyList<string> Flags => [];

    /// <summary>How many words without dashes may follow.</summary>
    public virtual int MostNames => 0;

    /// <summary>What can be told wrong from the words alone, before anything is configured.</summary>
    /// <exception cref="CommandException">They will not do.</exception>
    public virtual void Check(CommandLine said)
    {
    }

    /// <summary>The host is built, and not started.</summary>
    public abstract Task Run(IServiceProvider services, CommandLine said, CancellationToken ct);
}
