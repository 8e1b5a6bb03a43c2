using Connections.Hosting;
using EventSourcing;

namespace Connections.Api;

/// <summary><c>keys create</c> on the machine: for the first key of a deployment, and for when all are lost.</summary>
internal sealed class KeysCommand : Command
{
    public override string Words => "keys create";

    public override string Usage =>
        "--name NAME (--role viewer|runner|manager|admin [--workspace WORKSPACE] | --operator) [--expires 2027-01-31T00:00:00Z]";

    public override string What => "Makes an API key, and shows it once";

    public override IReadOnlyList<string> Values => ["name", "role", "workspace", "expires"];

    public override IReadOnlyList<string> Flags => ["operator"];

    /// <summary>Makes the key and prints it, once. What it prints besides goes to the error stream, so that the key can be piped.</summary>
    /// <exception cref="CommandException">The words are not such a command.</exception>
    public override async Task Run(IServiceProvider services, CommandLine said, CancellationToken ct)
    {
        var wanted = said.Has("operator")
            ? new KeyRequest(said["name"] ?? "operator", Role.Operator, "default", Expiry(said))
            : Wanted(said, services.GetRequiredService<TimeProvider>().GetUtcNow());
        await ApiKeys.Tables.Apply(services.GetRequiredService<KeyDatabase>().Sql, ct);
        var (made, key) = await services.GetRequiredService<ApiKeys>().Create(wanted.Name, wanted.Role, wanted.Workspace, wanted.ExpiresAt, ct);
        await Console.Error.WriteLineAsync(
            $"Made key {made.Id} \"{made.Name}\": {made.Role.Text()} of workspace {made.Workspace}. It is shown this once:");
        Console.WriteLine(key);
    }

    private static KeyRequest Wanted(CommandLine said, DateTimeOffset now)
    {
        try
        {
            return KeyRequest.Read(said["name"], said["role"], said["workspace"], Expiry(said), own: "default", mayNameWorkspace: true, now);
        }
        catch (RejectedException refused)
        {
            throw said.Wrong(string.Join(" ", refused.Errors.Select(e => $"--{e.Field}: {e.Message}")));
        }
    }

    private static DateTimeOffset? Expiry(CommandLine said) => said["expires"] switch
    {
        null => null,
        var text when DateTimeOffset.TryParse(text, out var at) => at,
        _ => throw said.Wrong("--expires is no time.")
    };
}
