using System.CommandLine;
using Connections.Hosting;
using Connections.Hosting.Keys;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Commands;

/// <summary><c>keys delete</c> on the machine: deletes a key of any workspace and role.</summary>
internal sealed class KeysDeleteCommand : OperatorCommand
{
    private readonly Argument<Guid> id = new("id") { Description = "The id of the key, as keys list shows it" };

    public KeysDeleteCommand()
        : base("delete", "Deletes an API key of any workspace; running hosts reject it within ten seconds") => Arguments.Add(id);

    /// <exception cref="CommandException">There is no such key.</exception>
    public override async Task Run(IServiceProvider services, ParseResult line, CancellationToken ct)
    {
        await MigrateCommand.Apply(services, ApiKeys.Tables, services.GetRequiredService<KeyDatabase>().Sql, ct);
        var keys = services.GetRequiredService<ApiKeys>();
        var key = (await keys.ListAll(null, ct)).FirstOrDefault(key => key.Id == line.GetValue(id))
            ?? throw CommandException.Failed($"There is no key with the id {line.GetValue(id)}. keys list shows all keys.");
        await keys.Delete(key.Id, ct);
        Console.WriteLine($"Deleted key {key.Id} \"{key.Name}\": {key.Role.Text()} of workspace {key.Workspace}.");
    }
}
