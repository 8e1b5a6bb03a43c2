using Connections.Hosting;
using EventSourcing;

namespace Connections.Api;

/// <summary><c>keys create</c> on the machine: for the first key of a deployment, and for when all are lost.</summary>
public static class KeysCommand
{
    private const string Usage =
        "keys create --name NAME (--role viewer|runner|manager|admin [--workspace WORKSPACE] | --operator) [--expires 2027-01-31T00:00:00Z]";

    public static bool Asked(string[] args) => args is ["keys", ..];

    /// <summary>What is left for the configuration: an option without a value would take the next one for its own.</summary>
    public static string[] Settings(string[] args) => Asked(args) ? [.. args.Skip(2).Where(a => a != "--operator")] : args;

    /// <summary>Makes the key and prints it, once. What it prints besides goes to the error stream, so that the key can be piped.</summary>
    /// <exception cref="HostSettingsException">The words are not such a command.</exception>
    public static async Task Run(WebApplication app, string[] args)
    {
        var options = Read(args);
        var wanted = options.ContainsKey("operator")
            ? new KeyRequest(options.GetValueOrDefault("name") ?? "operator", Role.Operator, "default", Expiry(options))
            : Wanted(options, app.Services.GetRequiredService<TimeProvider>().GetUtcNow());
        await ApiKeys.Tables.Apply(app.Services.GetRequiredService<KeyDatabase>().Sql, CancellationToken.None);
        var (made, key) = await app.Services.GetRequiredService<ApiKeys>()
            .Create(wanted.Name, wanted.Role, wanted.Workspace, wanted.ExpiresAt, CancellationToken.None);
        await Console.Error.WriteLineAsync(
            $"Made key {made.Id} \"{made.Name}\": {made.Role.Text()} of workspace {made.Workspace}. It is shown this once:");
        Console.WriteLine(key);
    }

    private static KeyRequest Wanted(Dictionary<string, string?> options, DateTimeOffset now)
    {
        try
        {
            return KeyRequest.Read(
                options.GetValueOrDefault("name"),
                options.GetValueOrDefault("role"),
                options.GetValueOrDefault("workspace"),
                Expiry(options),
                own: "default",
                mayNameWorkspace: true,
                now);
        }
        catch (RejectedException refused)
        {
            throw new HostSettingsException($"{string.Join(" ", refused.Errors.Select(e => $"--{e.Field}: {e.Message}"))} {Usage}");
        }
    }

    private static DateTimeOffset? Expiry(Dictionary<string, string?> options) => options.GetValueOrDefault("expires") switch
    {
        null => null,
        var text when DateTimeOffset.TryParse(text, out var at) => at,
        _ => throw new HostSettingsException($"--expires is no time. {Usage}")
    };

    private static Dictionary<string, string?> Read(string[] args)
    {
        string[] known = ["name", "role", "workspace", "expires", "operator", "data"];
        if (args.Length < 2 || args[1] != "create") throw new HostSettingsException(Usage);
        var options = new Dictionary<string, string?>();
        for (var i = 2; i < args.Length; i++)
        {
            var name = args[i].StartsWith("--", StringComparison.Ordinal) ? args[i][2..] : "";
            if (!known.Contains(name)) throw new HostSettingsException($"\"{args[i]}\" is not an option. {Usage}");
            options[name] = name == "operator" ? null : ++i < args.Length ? args[i] : throw new HostSettingsException($"--{name} wants a value. {Usage}");
        }

        return options;
    }
}
