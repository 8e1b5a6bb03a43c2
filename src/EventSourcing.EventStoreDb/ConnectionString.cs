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

/// <summary>A connection string in the format of the official client. Has no <c>ToString</c> that would show the password.</summary>
internal sealed class ConnectionString
{
    private const int DefaultPort = 2113;
    private const string Discovering = "esdb+discover";

    private readonly Dictionary<string, string> given = new(StringComparer.OrdinalIgnoreCase);
    private readonly HashSet<string> read = new(StringComparer.OrdinalIgnoreCase);

    /// <exception cref="EventStoreDbSettingsException">The connection string is invalid; the message names the part that is
    /// wrong.</exception>
    public static ConnectionString Parse(string text) => new(text);

    private ConnectionString(string text)
    {
        var (scheme, rest) = Cut(text, "://");
        if (rest is null || scheme is not ("esdb" or Discovering)) throw Wrong("it must begin with esdb:// or esdb+discover://");
        var (place, settings) = Cut(rest, "?");
        // The last one: a password may contain others. One behind the question mark is of a password too, and nothing of it may be shown.
        if (settings?.Contains('@') == true)
            throw Wrong("an @ is allowed only before the hosts; the user and the password must not contain a question mark");
        var at = place.LastIndexOf('@');
        if (at >= 0) (User, Password) = Credentials(place[..at]);
        var (hosts, path) = Cut(place[(at + 1)..], "/");
        if (!string.IsNullOrEmpty(path)) throw Wrong("no path is allowed between the hosts and the settings");
        Hosts = [.. hosts.Split(',').Select(Host)];
        Discovers = scheme == Discovering || Hosts.Count > 1;
        ReadSettings(settings ?? "");
        Tls = Flag("tls", true);
        VerifiesCertificate = Flag("tlsVerifyCert", true);
        CaFile = Text("tlsCaFile");
        (UserCertificateFile, UserKeyFile) = (Text("userCertFile"), Text("userKeyFile"));
        if (UserCertificateFile is null != UserKeyFile is null)
            throw Wrong("userCertFile and userKeyFile must be given together");
        ConnectionName = Text("connectionName");
        Prefers = Preference();
        MaxDiscoverAttempts = Number("maxDiscoverAttempts", 10, min: 1);
        DiscoveryInterval = Milliseconds("discoveryInterval", 100)!.Value;
        GossipTimeout = Milliseconds("gossipTimeout", 5_000)!.Value;
        DefaultDeadline = Milliseconds("defaultDeadline", 10_000)!.Value;
        KeepAliveInterval = Milliseconds("keepAliveInterval", 10_000, allowOff: true);
        KeepAliveTimeout = Milliseconds("keepAliveTimeout", 10_000, allowOff: true);
        if (!Flag("throwOnAppendFailure", true)) throw Wrong("throwOnAppendFailure must be true");
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

    /// <summary>Null where keep-alive is switched off.</summary>
    public TimeSpan? KeepAliveInterval { get; }

    public TimeSpan? KeepAliveTimeout { get; }

    /// <summary>Hosts and ports for logs and messages, without credentials.</summary>
    public string Places => string.Join(", ", Hosts.Select(host => $"{host.Host}:{host.Port}"));

    private static (string User, string Password) Credentials(string text) =>
        text.Split(':') is [{ Length: > 0 } user, var password]
            ? (user, password)
            : throw Wrong("the part before the @ must be user:password");

    private static DnsEndPoint Host(string text)
    {
        var parts = text.Split(':');
        if (parts.Length > 2 || parts[0].Length == 0) throw Wrong("a host must be a name or an IPv4 address, with an optional port");
        if (parts.Length == 1) return new DnsEndPoint(parts[0], DefaultPort);
        var isNumber = int.TryParse(parts[1], NumberStyles.None, CultureInfo.InvariantCulture, out var port);
        return isNumber && port is > 0 and <= IPEndPoint.MaxPort
            ? new DnsEndPoint(parts[0], port)
            : throw Wrong($"the port of the host {parts[0]} must be a number from 1 to {IPEndPoint.MaxPort}");
    }

    private void ReadSettings(string settings)
    {
        foreach (var setting in settings.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            if (setting.Split('=') is not [{ Length: > 0 } key, { Length: > 0 } value])
                throw Wrong($"the setting {setting.Split('=')[0]} must have the form key=value");
            if (!given.TryAdd(key, value)) throw Wrong($"the key {key} is given twice");
        }
    }

    private string? Text(string key)
    {
        read.Add(key);
        return given.GetValueOrDefault(key);
    }

    private bool Flag(string key, bool defaultValue) => Text(key) switch
    {
        null => defaultValue,
        var text => bool.TryParse(text, out var flag) ? flag : throw Wrong($"{key} must be true or false")
    };

    private int Number(string key, int defaultValue, int min) => Text(key) switch
    {
        null => defaultValue,
        var text => int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number) && number >= min
            ? number
            : throw Wrong($"{key} must be a whole number of at least {min}")
    };

    private TimeSpan? Milliseconds(string key, int defaultValue, bool allowOff = false) =>
        Number(key, defaultValue, min: allowOff ? -1 : 1) switch
        {
            -1 => null,
            0 => throw Wrong($"{key} must be a number of milliseconds, or -1 to switch it off"),
            var number => TimeSpan.FromMilliseconds(number)
        };

    private NodePreference Preference() => Text("nodePreference") switch
    {
        null => NodePreference.Leader,
        var text =>
            Enum.GetValues<NodePreference>().Where(p => p.ToString().Equals(text, StringComparison.OrdinalIgnoreCase)) is var matching
            && matching.Any()
                ? matching.First()
                : throw Wrong("nodePreference must be leader, follower, random or readOnlyReplica")
    };

    private static (string Before, string? After) Cut(string text, string at) =>
        text.Split(at, 2) is [var before, var after] ? (before, after) : (text, null);

    private static EventStoreDbSettingsException Wrong(string rule) =>
        new($"The connection string of EventStoreDB cannot be used: {rule}.");
}
