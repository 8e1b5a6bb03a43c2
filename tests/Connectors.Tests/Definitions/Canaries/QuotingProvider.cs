using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Connectors.Tests.Definitions.Examples;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Connectors.Tests.Definitions.Canaries;

/// <summary>A provider whose every answer quotes the whole request, and a definition over it whose secrets are canaries.</summary>
internal sealed class QuotingProvider : IAsyncDisposable
{
    /// <summary>A part of every secret.</summary>
    public const string Canary = "canary5d1f7a";

    private readonly ApiServer server;
    private readonly ServiceProvider services;
    private readonly Definition definition;
    private readonly Way way;

    private QuotingProvider(ApiServer server, Definition definition, Way way)
    {
        (this.server, this.definition, this.way) = (server, definition, way);
        var settings = new Dictionary<string, string?> { ["Network:AllowPrivate"] = "true" };
        foreach (var name in definition.Servers.Keys)
            settings[$"Connectors:{definition.Entry.Id}:Servers:{name}"] = $"http://127.0.0.1:{server.Port}";
        services = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs))
            .AddConnectors(new ConfigurationBuilder().AddInMemoryCollection(settings).Build()).BuildServiceProvider();
        server.Answer = Quote;
    }

    public CapturedLogs Logs { get; } = new();

    public int Status { get; set; }

    /// <summary>The requests that carried a canary, and whose answer quoted it.</summary>
    public int Quoted { get; private set; }

    public IReadOnlyList<ActivityDescription> Activities => definition.Entry.Activities;

    public static async Task<QuotingProvider> Start(string connector, string way)
    {
        var definition = DefinitionFile.Embedded().Single(f => f.Entry.Id == connector).Require();
        return new QuotingProvider(await ApiServer.Start(), definition, definition.Ways.Single(w => w.Id == way));
    }

    /// <summary>The result of the connection test, with its steps.</summary>
    public async Task<string> Probe()
    {
        var result = await services.GetRequiredService<ConnectorRunner>()
            .Probe(definition.Entry.Id, Use(), TimeSpan.FromSeconds(20), byPerson: true, default);
        var failed = result.Failure is { } failure ? $"{failure} {failure.Message} {failure.Reason}" : "";
        return $"{failed} {JsonSerializer.Serialize(new { result.Account, result.Steps })}";
    }

    /// <summary>The failure of the activity; null if it succeeded.</summary>
    public async Task<string?> Run(string activity, JsonElement input)
    {
        var result = await services.GetRequiredService<ConnectorRunner>()
            .Run(definition.Entry.Id, Use(), activity, input, TimeSpan.FromSeconds(20), default);
        return result is ConnectorResult.Failed failed ? $"{failed} {failed.Message} {failed.Reason}" : null;
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        await server.DisposeAsync();
        Logs.Dispose();
    }

    // Each call has a connection of its own: rejected credentials are not used again.
    private ConnectionUse Use()
    {
        var typed = way.Credentials.Count > 0;
        var secret = typed
            ? Secret.From(JsonSerializer.SerializeToElement(way.Credentials.ToDictionary(f => f.Name, f => $"{Canary}-{f.Name}+/=\"x\"")))
            : Secret.None;
        var tokens = typed ? null : new OAuth.HandedTokens([.. Enumerable.Range(1, 4).Select(n => $"{Canary}-{n}+/=")])
        {
            Kept = new Dictionary<string, string> { ["dataCentre"] = "zoho.eu", ["companyDomain"] = "acme" }
        };
        var settings = JsonSerializer.SerializeToElement(Settings());
        return new ConnectionUse("default", Guid.CreateVersion7(), 1, settings, secret, Tokens: tokens, Activity: Scripted.Activity);
    }

    private Dictionary<string, object?> Settings()
    {
        var settings = definition.Entry.Settings.Where(f => f.Required || f.Default is not null)
            .ToDictionary(f => f.Name, f => (object?)(f.Default ?? f.Example ?? (f.Options is [var first, ..] ? first : "acme")));
        settings["allowRequests"] = true;
        if (definition.Ways.Count > 1) settings[CatalogueEntry.Authenticating] = way.Id;
        return settings;
    }

    // Providers have many shapes for an error; the quotation is in all of them.
    private Task Quote(HttpContext context)
    {
        var request = server.Requests.Last();
        var headers = string.Join(' ', request.Headers.Select(h => $"{h.Key}: {h.Value}"));
        var said = $"{request.Target} {Uri.UnescapeDataString(request.Target)} {headers} {request.Body}";
        if (RequestCheck.Carries(request, Canary)) Quoted++;
        (context.Response.StatusCode, context.Response.ContentType) = (Status, "application/json");
        context.Response.Headers["X-Error"] = Uri.EscapeDataString(said);
        return context.Response.WriteAsync(JsonSerializer.Serialize(new
        {
            ok = false,
            code = said,
            message = said,
            description = said,
            detail = said,
            error_description = said,
            error_info = said,
            error_summary = said,
            error = new
            {
                code = said,
                message = said,
                type = said,
                status = said,
                title = said,
                details = new[] { new { reason = said } },
                errors = new[] { new { reason = said, message = said } }
            },
            errors = new[] { new { code = said, message = said, field = said, detail = said } },
            errorMessages = new[] { said },
            status = new { code = 400, description = said },
            data = new { errorCode = said, moreInfo = said },
            response = new { status = 1, message = said, errors = new { code = said, message = said } }
        }));
    }
}
