using System.CommandLine;
using System.Globalization;
using Connections.Hosting;
using Connections.Hosting.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary><c>keys list</c> on the machine: lists the keys of all workspaces, or of one, without the keys themselves.</summary>
internal sealed class KeysListCommand : OperatorCommand
{
    private readonly Option<string> workspace = new("--workspace") { Description = "Only the keys of this workspace" };

    public KeysListCommand()
        : base("list", "Lists the API keys of all workspaces, or of one, with their ids") => Options.Add(workspace);

    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        await MigrateCommand.Apply(services, ApiKeys.Tables, services.GetRequiredService<KeyDatabase>().Sql, ct);
        var keys = await services.GetRequiredService<ApiKeys>().ListAll(line.GetValue(workspace), ct);
        foreach (var key in keys)
        {
            Console.WriteLine(
                $"{key.Id} {key.Role.Text()} of workspace {key.Workspace} \"{key.Name}\": created {Time(key.CreatedAt)}, "
                + $"expires {Time(key.ExpiresAt)}, last used {Time(key.LastUsedAt)}");
        }

        Console.WriteLine($"Keys: {keys.Count}");
    }

    private static string Time(DateTimeOffset? at) =>
        at?.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture) ?? "never";
}
