using System.CommandLine;
using Connections.Hosting;
using Connections.Hosting.Keys;
using EventSourcing;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary><c>keys create</c> on the machine: for the first key of a deployment, and for when all are lost.</summary>
internal sealed class KeysCommand : OperatorCommand
{
    private readonly Option<string> name = new("--name");
    private readonly Option<string> role = new("--role") { Description = "viewer, runner, manager or admin" };
    private readonly Option<string> workspace = new("--workspace") { Description = "default, when left out" };
    private readonly Option<string> expires = new("--expires") { Description = "A time, such as 2027-01-31T00:00:00Z" };
    private readonly Option<bool> forOperator = new("--operator") { Description = "A key for the operator, instead of a role" };

    public KeysCommand()
        : base("create", "Makes an API key, and shows it once")
    {
        foreach (var option in new Option[] { name, role, workspace, expires, forOperator }) Options.Add(option);
    }

    /// <summary>Makes the key and prints it, once. What it prints besides goes to the error stream, so that the key can be piped.</summary>
    /// <exception cref="CommandException">The options name no such key.</exception>
    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var expiry = Expiry(line.GetValue(expires));
        var wanted = line.GetValue(forOperator)
            ? new KeyRequest(line.GetValue(name) ?? "operator", Role.Operator, "default", expiry)
            : Wanted(line, expiry, services.GetRequiredService<TimeProvider>().GetUtcNow());
        await ApiKeys.Tables.Apply(services.GetRequiredService<KeyDatabase>().Sql, ct);
        var (made, key) = await services.GetRequiredService<ApiKeys>().Create(wanted.Name, wanted.Role, wanted.Workspace, wanted.ExpiresAt, ct);
        await Console.Error.WriteLineAsync(
            $"Made key {made.Id} \"{made.Name}\": {made.Role.Text()} of workspace {made.Workspace}. It is shown this once:");
        Console.WriteLine(key);
    }

    private KeyRequest Wanted(ParseResult line, DateTimeOffset? expiry, DateTimeOffset now)
    {
        try
        {
            return KeyRequest.Read(
                line.GetValue(name), line.GetValue(role), line.GetValue(workspace), expiry, own: "default", mayNameWorkspace: true, now);
        }
        catch (RejectedException rejected)
        {
            throw CommandException.Words(string.Join(" ", rejected.Errors.Select(e => $"--{e.Field}: {e.Message}")));
        }
    }

    private static DateTimeOffset? Expiry(string? text) => text switch
    {
        null => null,
        _ when DateTimeOffset.TryParse(text, out var at) => at,
        _ => throw CommandException.Words($"--expires: {text} is not a time.")
    };
}
