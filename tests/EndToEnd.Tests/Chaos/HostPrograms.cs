using EndToEnd.Tests.Grants;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Chaos;

/// <summary>What the hosts of a fleet are started from.</summary>
/// <param name="Start">A host, by its name, its environment and its arguments.</param>
internal sealed record HostPrograms(Func<string, IReadOnlyDictionary<string, string>, string[], HostProcess> Start)
{
    public static HostPrograms Ours { get; } = new(HostProcess.Start);

    /// <summary>Ours, which also know the connectors of a provider that the tests bring along.</summary>
    public static HostPrograms WithMail(string provider) => new((host, settings, arguments) =>
        HostProcess.Start("DemoHosts", new Dictionary<string, string>(settings.Concat(Applications.At(provider))), [host, .. arguments]));

    /// <summary>Of another version.</summary>
    /// <param name="build">As this build lies: Connections.Api/debug/Connections.Api.dll below it.</param>
    public static HostPrograms From(string build) => new((host, settings, arguments) =>
        HostProcess.StartOther(Path.Combine(build, host, "debug", $"{host}.dll"), settings, arguments));
}
