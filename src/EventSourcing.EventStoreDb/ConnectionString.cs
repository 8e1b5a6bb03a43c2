using System.Globalization;
using System.Net;

namespace EventSourcing.EventStoreDb;

internal enum NodePreference
{
    Leader,
    Follower,
    Random,
    ReadOnlyReplica
}

/// <summary>A connection string as the official client takes it. It has no <c>ToString</c> that would show the password.</summary>
internal sealed class ConnectionString
{
    private const int DefaultPort = 2113;
    private const string Discovering = "esdb+discover";

    private readonly Dictionary<string, string> given = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> read = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="EventStoreDbSettingsException">It cannot be used; the message names the part that is wrong.</exception>
    public static ConnectionString Parse(string text) => new(text);

    private ConnectionString(string text)
    {
        var (scheme, rest) = Cut(text, "://");
        if (rest is null || scheme is not ("esdb" or Discovering)) throw Wrong("it begins with esdb:// or esdb+discover://");
        var (place, settings) = Cut(rest, "?");
        var at = place.IndexOf('@', StringComparison.Ordinal);
        if (at >= 0) (User, Password) = Credentials(place[..at]);
        var (hosts, path) = Cut(place[(at + 1)..], "/");
        if (!string.IsNullOrEmpty(path)) throw Wrong("nothing stands between the hosts and the settings");
        Hosts = [.. hosts.Split(',').Select(Host)];
        Discovers = scheme == Discovering || Hosts.Count > 1;
        Keep(settings ?? "");
        Tls = Flag("tls", true);
        VerifiesCertificate = Flag("tlsVerifyCert", true);
        CaFile = Text("tlsCaFile");
        (UserCertificateFile, UserKeyFile) = (Text("userCertFile"), Text("userKeyFile"));
        if (UserCertificateFile is null != UserKeyFile is null)
            throw Wrong("userCertFile and userKeyFile are given together or not at all");
        ConnectionName = Text("connectionName");
        Prefers = Preference();
        MaxDiscoverAttempts = Number("maxDiscoverAttempts", 10, least: 1);
        DiscoveryInterval = Milliseconds("discoveryInterval", 100)!.Value;
        GossipTimeout = Milliseconds("gossipTimeout", 5_000)!.Value;
        DefaultDeadline = Milliseconds("defaultDeadline", 10_000)!.Value;
        KeepAliveInterval = Milliseconds("keepAliveInterval", 10_000, mayBeOff: true);
        KeepAliveTimeout = Milliseconds("keepAliveTimeout", 10_000, mayBeOff: true);
        if (!Flag("throwOnAppendFailure", true)) throw Wrong("throwOnAppendFailure is always true here");
        if (given.Keys.FirstOrDefault(key => !read.Contains(key)) is { } unknown) throw Wrong($"the key {unknown} is unknown");
    }

    public IReadOnlyList<DnsEndPoint> Hosts { get; }

    public bool Discovers { get; }

    public string? User { get; }

    public string? Password { get; }

    public bool Tls { get; }

    public bool VerifiesCertificate { get; }

    public string? CaFile { get; }

    public string? UserCertificateFile { get; }

    public string? UserKeyFile { get; }

    public string? ConnectionName { get; }

    public NodePreference Prefers { get; }

    public int MaxDiscoverAttempts { get; }

    public TimeSpan DiscoveryInterval { get; }

    public TimeSpan GossipTimeout { get; }

    public TimeSpan DefaultDeadline { get; }

    /// <summary>Null where it was switched off.</summary>
    public TimeSpan? KeepAliveInterval { get; }

    public TimeSpan? KeepAliveTimeout { get; }

    /// <summary>For logs and messages: where, and nothing of who.</summary>
    public string Places => string.Join(", ", Hosts.Select(host => $"{host.Host}:{host.Port}"));

    private static (string User, string Password) Credentials(string text) =>
        text.Split(':') is [{ Length: > 0 } user, var password] ? (user, password) : throw Wrong("before the @ stand user:password");

    private static DnsEndPoint Host(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 2 || parts[0].Length == 0) throw Wrong("a host is a name or an IPv4 address, with a port or without");
        if (parts.Length == 1) return new DnsEndPoint(parts[0], DefaultPort);
        var isNumber = int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        return isNumber && port is > 0 and <= IPEndPoint.MaxPort
            ? new DnsEndPoint(parts[0], port)
            : throw Wrong($"the port of the host {parts[0]} is a number from 1 to {IPEndPoint.MaxPort}");
    }

    private void Keep(string settings)
    {
        foreach (var setting in settings.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (setting.Split('=') is not [{ Length: > 0 } key, { Length: > 0 } value])
                throw Wrong($"the setting {setting.Split('=')[0]} is key=value");
            if (!given.TryAdd(key, value)) throw Wrong($"the key {key} is given twice");
        }
    }

    private string? Text(string key)
    {
        read.Add(key);
        return given.GetValueOrDefault(key);
    }

    private bool Flag(string key, bool otherwise) => Text(key) switch
    {
        null => otherwise,
        var text => bool.TryParse(text, out var flag) ? flag : throw Wrong($"{key} is true or false")
    };

    private int Number(string key, int otherwise, int least) => Text(key) switch
    {
        null => otherwise,
        var text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= least
            ? number
            : throw Wrong($"{key} is a whole number from {least}")
    };

    private TimeSpan? Milliseconds(string key, int otherwise, bool mayBeOff = false) =>
        Number(key, otherwise, least: mayBeOff ? -1 : 1) switch
        {
            -1 => null,
            0 => throw Wrong($"{key} is a number of milliseconds, or -1 to switch it off"),
            var number => TimeSpan.FromMilliseconds(number)
        };

    private NodePreference Preference() => Text("nodePreference") switch
    {
        null => NodePreference.Leader,
        var text => Enum.GetValues<NodePreference>().Where(p => p.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)) is var fit
            && fit.Any()
                ? fit.First()
                : throw Wrong("nodePreference is leader, follower, random or readOnlyReplica")
    };

    private static (string Before, string? After) Cut(string text, string at) =>
        text.Split(at, 2) is [var before, var after] ? (before, after) : (text, null);

    private static EventStoreDbSettingsException Wrong(string rule) =>
        new($"The connection string of EventStoreDB cannot be used: {rule}.");
}
