using System.Text.RegularExpressions;
using YamlDotNet.Core;
using YamlDotNet.Serialization;
using Map = System.Collections.Generic.Dictionary<object, object>;

namespace Domain.Tests.Governance;

/// <summary>
/// infra/compose.yaml refers only to existing things, sets only settings that the hosts know, and exposes no port to a network.
/// </summary>
public sealed partial class ComposeTests
{
    private const string SecretsFolder = "/run/secrets/";

    private static readonly string[] Hosts = ["connections-api", "connections-worker", "activities-worker"];
    private static readonly Map File = Parse();
    private static readonly Dictionary<string, Map> Services = Get(File, "services").ToDictionary(s => $"{s.Key}", s => (Map)s.Value);

    [Fact]
    public void The_three_hosts_run_from_images_of_their_names_beside_the_three_servers() => Assert.Equal(
        [.. Hosts.Select(h => (h, h)).Order(), ("eventstore", "eventstore/eventstore"), ("postgres", "postgres"), ("rabbitmq", "rabbitmq")],
        Services.Select(s => (s.Key, $"{s.Value["image"]}".Split(':')[0])).OrderBy(s => !Hosts.Contains(s.Key)).ThenBy(s => s.Key, StringComparer.Ordinal));

    [Theory]
    [InlineData("secrets")]
    [InlineData("volumes")]
    [InlineData("networks")]
    public void References_of_services_are_declared_and_declarations_are_used(string kind)
    {
        var used = Services.Values.SelectMany(s => Names(s, kind)).Distinct().Order().ToArray();
        Assert.NotEmpty(used);
        Assert.Equal(Get(File, kind).Keys.Select(k => $"{k}").Order(), used);
    }

    [Fact]
    public void A_service_that_waits_for_another_waits_for_one_with_a_health_check()
    {
        var awaited = Services.Values.SelectMany(s => Get(s, "depends_on")).ToArray();
        Assert.NotEmpty(awaited);
        Assert.All(awaited, other =>
        {
            Assert.Equal("service_healthy", ((Map)other.Value)["condition"]);
            Assert.True(Services[$"{other.Key}"].ContainsKey("healthcheck"), $"{other.Key} has a health check");
        });
    }

    [Fact]
    public void A_secret_is_a_mounted_file_and_never_a_value()
    {
        var values = Services.SelectMany(s => Get(s.Value, "environment").Select(e => (Service: s.Value, Key: $"{e.Key}", Value: $"{e.Value}"))).ToArray();
        var files = values.Where(v => v.Value.StartsWith(SecretsFolder, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(files);
        Assert.All(files, f => Assert.Contains(f.Value[SecretsFolder.Length..], Names(f.Service, "secrets")));
        Assert.DoesNotContain(values.Except(files), v => MayBeSecret().IsMatch(v.Key) || v.Value.Contains("://", StringComparison.Ordinal));
        Assert.All(Get(File, "secrets").Values, s => Assert.StartsWith("secrets/", $"{((Map)s)["file"]}", StringComparison.Ordinal));
    }

    [Fact]
    public void The_hosts_are_configured_by_keys_that_are_documented()
    {
        var documented = System.IO.File.ReadAllLines(Path.Combine(Repository.Root.FullName, "docs", "configuration.md"))
            .Where(line => line.StartsWith("| `", StringComparison.Ordinal))
            .SelectMany(line => Quoted().Matches(line.Split(" | ")[0]).Select(m => m.Groups[1].Value))
            .Select(key => new Regex($"^{Regex.Escape(key).Replace("<id>", "[a-z0-9]+", StringComparison.Ordinal)}$"))
            .ToArray();
        Assert.All(Hosts, host =>
        {
            var given = Get(Services[host], "environment").Keys.Select(k => $"{k}".Replace("__", ":", StringComparison.Ordinal)).ToArray();
            Assert.Contains("EventLog:Connection:File", given);
            Assert.All(given, key => Assert.Contains(documented, d => d.IsMatch(key)));
        });
    }

    [Fact]
    public void The_hosts_read_further_settings_from_a_file_whose_examples_are_documented()
    {
        Assert.All(Hosts, host => Assert.Equal("settings.env", Services[host]["env_file"]));
        var page = System.IO.File.ReadAllText(Path.Combine(Repository.Root.FullName, "docs", "configuration.md"));
        var examples = System.IO.File.ReadAllLines(Path.Combine(Repository.Root.FullName, "infra", "settings.env"))
            .Where(line => line.Contains('=') && !line.StartsWith("# ", StringComparison.Ordinal))
            .Select(line => line.TrimStart('#').Split('=')[0].Replace("__", ":", StringComparison.Ordinal).Replace(":gmail:", ":<connector>:", StringComparison.Ordinal))
            .ToArray();
        Assert.NotEmpty(examples);
        Assert.All(examples, key => Assert.Contains($"`{key}`", page, StringComparison.Ordinal));
    }

    [Fact]
    public void Each_health_check_leaves_time_to_start() => Assert.All(
        Services.Values.Where(s => s.ContainsKey("healthcheck")), s => Assert.True(((Map)s["healthcheck"]).ContainsKey("start_period")));

    [Fact]
    public void A_host_has_the_time_it_needs_to_stop() => Assert.All(Hosts, host => Assert.True(
        int.Parse($"{Services[host]["stop_grace_period"]}".TrimEnd('s'), System.Globalization.CultureInfo.InvariantCulture) > 30));

    [Fact]
    public void Ports_are_published_only_to_this_machine()
    {
        var ports = Services.Values.SelectMany(s => List(s, "ports")).Select(p => $"{p}").ToArray();
        Assert.NotEmpty(ports);
        Assert.All(ports, p => Assert.StartsWith("127.0.0.1:", p, StringComparison.Ordinal));
        Assert.DoesNotContain(Services.Values, s => s.ContainsKey("network_mode"));
    }

    private static Map Parse()
    {
        using var text = System.IO.File.OpenText(Path.Combine(Repository.Root.FullName, "infra", "compose.yaml"));
        return new DeserializerBuilder().Build().Deserialize<Map>(new MergingParser(new Parser(text)));
    }

    private static Map Get(Map where, string key) => where.TryGetValue(key, out var found) ? (Map)found : [];

    private static List<object> List(Map where, string key) => where.TryGetValue(key, out var found) ? (List<object>)found : [];

    // Either a name, or source: name, or name:path.
    private static IEnumerable<string> Names(Map service, string kind) =>
        List(service, kind).Select(n => n is Map given ? $"{given["source"]}" : $"{n}".Split(':')[0]);

    [GeneratedRegex("PASS|SECRET|CONNECTION|KEYS", RegexOptions.IgnoreCase)]
    private static partial Regex MayBeSecret();

    [GeneratedRegex("`([^`]+)`")]
    private static partial Regex Quoted();
}
