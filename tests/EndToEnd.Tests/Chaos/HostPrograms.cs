using EndToEnd.Tests.Grants;
using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Chaos;

/// <summary>The programs of the hosts of a fleet.</summary>
/// <param name="Start">Starts a host by name, environment and arguments.</param>
internal sealed record HostPrograms(Func<string, IReadOnlyDictionary<string, string>, string[], HostProcess> Start)
{
    public static HostPrograms Ours { get; } = new(HostProcess.Start);

    /// <summary>The hosts of this build, with the connectors of the test provider.</summary>
    public static HostPrograms WithMail(string provider) => new((host, settings, arguments) =>
        HostProcess.Start("DemoHosts", new Dictionary<string, string>(settings.Concat(Applications.At(provider))), [host, .. arguments]));

    /// <summary>The hosts of another version.</summary>
    /// <param name="build">A folder like this build's: it contains Connections.Api/debug/Connections.Api.dll.</param>
    public static HostPrograms From(string build) => new((host, settings, arguments) =>
        HostProcess.StartOther(Path.Combine(build, host, "debug", $"{host}.dll"), settings, arguments));
}
