using System.CommandLine;
using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connections.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Connections.Commands;

/// <summary><c>connectors try</c>: tests a definition, or runs one of its activities, with typed credentials.</summary>
internal sealed class ConnectorsTryCommand : DefinitionCommand
{
    private static readonly TimeSpan Limit = TimeSpan.FromSeconds(60);

    private readonly Argument<string> path = new("file") { Description = "The definition" };
    private readonly Option<string> activity = new("--activity") { Description = "The activity; without it, the connection is tested" };
    private readonly Option<string> input = new("--input") { Description = "A JSON file with the input of the activity" };
    private readonly Option<string> settings = new("--settings") { Description = "A JSON file with the settings" };
    private readonly Option<string> credentials = new("--credentials") { Description = "A JSON file with the credentials; without it, they are asked for" };

    private readonly Option<string[]> servers = new("--server")
    {
        Description = "NAME=ADDRESS: another address of a server, such as api=http://127.0.0.1:8080/v1",
        AllowMultipleArgumentsPerToken = false
    };

    public ConnectorsTryCommand()
        : base("try", "Makes a real call with a definition")
    {
        Arguments.Add(path);
        foreach (var option in new Option[] { activity, input, settings, credentials, servers }) Options.Add(option);
    }

    public override void Run(ParseResult line, string[] settingsOfHost, TextWriter output) => Try(line, settingsOfHost, output).GetAwaiter().GetResult();

    private async Task Try(ParseResult line, string[] settingsOfHost, TextWriter output)
    {
        var file = DefinitionFile.Read(line.GetValue(path)!);
        if (file.IsBroken) throw CommandException.Failed(string.Join(Environment.NewLine, file.Messages));
        var entry = file.Entry;
        var form = FormCheck.Check(entry, Json(line.GetValue(settings)), line.GetValue(credentials) is { } given ? Json(given) : ReadCredentials(entry));
        if (form.Errors.Count > 0) throw CommandException.InvalidArguments(string.Join(' ', form.Errors.Select(e => $"{e.Field}: {e.Message}")));
        if (entry.SignsIn(form.Settings)) throw CommandException.InvalidArguments($"{entry.Name} connects by sign-in; connect it in the service.");

        // Other copies of the connector are not needed, and one of the catalogue may have the same id.
        var configuration = new ConfigurationBuilder().AddEnvironmentVariables().AddCommandLine(settingsOfHost)
            .AddInMemoryCollection((line.GetValue(servers) ?? []).Select(given => Server(entry, given))).Build();
        await using var services = new ServiceCollection().AddLogging(log => log.ClearProviders())
            .AddConnectorRuntime(configuration).AddHttpConnector().AddSingleton(new ReplacedServers(configuration))
            .AddDefinedConnector(file)
            // the person who types the command may call from this machine whatever the machine reaches
            .PostConfigure<NetworkOptions>(network => network.AllowPrivate = network.AllowPrivate.Count == 0 ? ["true"] : network.AllowPrivate)
            .BuildServiceProvider();
        var runner = services.GetRequiredService<ConnectorRunner>();
        var use = new ConnectionUse("default", Guid.NewGuid(), 1, form.Settings, Secret.From(form.Credentials), Activity: Guid.NewGuid());
        var failure = line.GetValue(activity) is { } chosen
            ? await Run(services, runner, entry, use, chosen, Json(line.GetValue(input)), output)
            : await Probe(runner, entry, use, output);
        if (failure is not null) throw CommandException.Failed($"{Outcome.From(failure.Kind)}: {failure.Message}");
    }

    private static KeyValuePair<string, string?> Server(CatalogueEntry entry, string given) => given.Split('=', 2) is [{ Length: > 0 } name, { Length: > 0 } address]
        ? new($"Connectors:{entry.Id}:Servers:{name}", address)
        : throw CommandException.InvalidArguments($"--server {given} names no server and address; write --server api=http://127.0.0.1:8080/v1.");

    private static async Task<ConnectorResult.Failed?> Run(
        ServiceProvider services, ConnectorRunner runner, CatalogueEntry entry, ConnectionUse use, string activity, JsonElement input, TextWriter output)
    {
        var catalogue = services.GetRequiredService<ConnectorCatalogue>();
        if (!catalogue.HasActivity(entry.Id, activity))
            throw CommandException.InvalidArguments($"There is no activity \"{activity}\"; use {string.Join(", ", entry.Activities.Select(a => a.Id))}.");
        var errors = catalogue.CheckInput(entry.Id, activity, input);
        if (errors.Count > 0) throw CommandException.InvalidArguments(string.Join(' ', errors.Select(e => $"{e.Field}: {e.Message}")));
        var result = await runner.Run(entry.Id, use, activity, input, Limit, default);
        if (result is ConnectorResult.Done done) output.WriteLine(done.Output.GetRawText());
        return result as ConnectorResult.Failed;
    }

    private static async Task<ConnectorResult.Failed?> Probe(ConnectorRunner runner, CatalogueEntry entry, ConnectionUse use, TextWriter output)
    {
        var probed = await runner.Probe(entry.Id, use, Limit, byPerson: true, default);
        foreach (var step in probed.Steps) output.WriteLine($"{step.Name}: {step.Outcome}, {step.Message} ({step.Ms} ms)");
        if (probed.Account is { } account) output.WriteLine($"account: {account.Display} ({account.Basis} {account.Id})");
        return probed.Failure;
    }

    private static JsonElement Json(string? file)
    {
        try
        {
            return JsonSerializer.Deserialize<JsonElement>(file is null ? "{}" : File.ReadAllText(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException)
        {
            throw CommandException.InvalidArguments($"{file} is no JSON file that can be read.");
        }
    }

    private static JsonElement ReadCredentials(CatalogueEntry entry)
    {
        var typed = new Dictionary<string, string>();
        foreach (var field in entry.Credentials)
        {
            Console.Error.Write($"{field.Label}{(field.Secret ? " (not shown)" : "")}: ");
            typed[field.Name] = Prompt.Read(field.Secret);
        }

        return JsonSerializer.SerializeToElement(typed);
    }
}
