using System.Text.RegularExpressions;
using TestServers;

namespace Hosts.Tests.RabbitMq;

/// <summary>Users of a broker, with the permissions of docs/messages.md or any others.</summary>
internal static partial class BrokerUsers
{
    /// <summary>The permissions to configure, write and read that docs/messages.md gives to this user.</summary>
    public static string[] Documented(string user)
    {
        var page = File.ReadLines(Path.Combine(RepositoryFolder.Root, "docs", "messages.md"));
        var row = page.Single(l => l.StartsWith($"| {user}", StringComparison.Ordinal));
        var quoted = Quoted().Matches(row[$"| {user}".Length..]);
        return [.. quoted.Select(m => m.Groups[1].Value.Replace("\\|", "|", StringComparison.Ordinal))];
    }

    /// <summary>Adds the user to a virtual host of the broker, or replaces it, and returns its address.</summary>
    public static async Task<string> Add(RabbitMqServer broker, string name, string[] rights, string virtualHost = "/")
    {
        Assert.Equal(3, rights.Length);
        var password = $"canary{Guid.NewGuid():n}";
        if ((await broker.Control("list_users")).Split('\n').Any(l => l.StartsWith($"{name}\t", StringComparison.Ordinal)))
            await broker.Control("delete_user", name);
        await broker.Control("add_user", name, password);
        await broker.Control(["set_permissions", "-p", virtualHost, name, .. rights]);
        var address = broker.Address.Replace($"{RabbitMqServer.User}:{broker.Password}", $"{name}:{password}", StringComparison.Ordinal);
        return virtualHost == "/" ? address : $"{address}{virtualHost}";
    }

    [GeneratedRegex("\\| `([^`]*)`")]
    private static partial Regex Quoted();
}
