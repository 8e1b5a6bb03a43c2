using EndToEnd.Tests.Grants;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Chaos;

/// <summary>What the hosts of a fleet are started from.</summary>
/// <param name="Start">A host, by its name, its environment and its arguments.</param>
internal sealed record Programs(Func<string, IReadOnlyDictionary<string, string>, string[], Launched> Start)
{
    public static Programs Ours { get; } = new(Launched.Start);

    /// <summary>Ours, which also know the connectors of a provider that the tests bring along.</summary>
    public static Programs WithMail(string provider) => new((host, settings, arguments) =>
        Launched.Start("DemoHosts", new Dictionary<string, string>(settings.Concat(Applications.At(provider))), [host, .. arguments]));

    /// <summary>Of another version.</summary>
    /// <param name="build">As this build lies: Connections.Api/debug/Connections.Api.dll below it.</param>
    public static Programs Of(string build) => new((host, settings, arguments) =>
        Launched.StartOther(Path.Combine(build, host, "debug", $"{host}.dll"), settings, arguments));
}
