using System.CommandLine;
using Connections.Hosting;
using Connections.Hosting.Keys;
using EventSourcing;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary><c>keys create</c> on the machine: creates the first key of a deployment, or a new one when all are lost.</summary>
internal sealed class KeysCreateCommand : OperatorCommand
{
    private readonly Option<string> name = new("--name");
    private readonly Option<string> role = new("--role") { Description = "viewer, runner, manager or admin" };
    private readonly Option<string> workspace = new("--workspace") { Description = "The workspace; default: default" };
    private readonly Option<string> expires = new("--expires") { Description = "A time, such as 2027-01-31T00:00:00Z" };
    private readonly Option<bool> forOperator = new("--operator") { Description = "A key for the operator, instead of a role" };

    public KeysCreateCommand()
        : base("create", "Creates an API key, and shows it once")
    {
        foreach (var option in new Option[] { name, role, workspace, expires, forOperator }) Options.Add(option);
    }

    /// <summary>Creates the key and prints it. Everything else goes to the error stream, so that the key can be piped.</summary>
    /// <exception cref="CommandException">The options are invalid.</exception>
    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        var expiry = Expiry(line.GetValue(expires));
        var request = line.GetValue(forOperator)
            ? new KeyRequest(line.GetValue(name) ?? "operator", Role.Operator, "default", expiry)
            : ReadRequest(line, expiry, services.GetRequiredService<TimeProvider>().GetUtcNow());
        await MigrateCommand.Apply(services, ApiKeys.Tables, services.GetRequiredService<KeyDatabase>().Sql, ct);
        var (stored, key) = await services.GetRequiredService<ApiKeys>().Create(
            request.Name, request.Role, request.Workspace, request.ExpiresAt, ct);
        await Console.Error.WriteLineAsync(
            $"Created key {stored.Id} \"{stored.Name}\": {stored.Role.Text()} of workspace {stored.Workspace}. The key is shown only once:");
        Console.WriteLine(key);
    }

    private KeyRequest ReadRequest(ParseResult line, DateTimeOffset? expiry, DateTimeOffset now)
    {
        try
        {
            return KeyRequest.Read(
                line.GetValue(name), line.GetValue(role), line.GetValue(workspace), expiry, own: "default", mayNameWorkspace: true, now);
        }
        catch (RejectedException rejected)
        {
            throw CommandException.InvalidArguments(string.Join(" ", rejected.Errors.Select(e => $"--{e.Field}: {e.Message}")));
        }
    }

    private static DateTimeOffset? Expiry(string? text) => text switch
    {
        null => null,
        _ when DateTimeOffset.TryParse(text, out var at) => at,
        _ => throw CommandException.InvalidArguments($"--expires: {text} is not a time. Use the form 2027-01-31T00:00:00Z.")
    };
}
