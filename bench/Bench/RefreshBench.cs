using Connections.Connectors;
using Connections.Credentials.Tokens;
using Connections.Credentials.Vault;
using Connections.Domain;
using Connections.Domain.Token;
using Connections.Hosting;
using Connections.Operations;
using DemoDefinitions;
using EventSourcing;
using EventSourcing.Sql;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Bench;

/// <summary>
/// Measures token refreshes with embedded stores and a provider in a separate process: a read, the start event, the call, the vault write,
/// the end event. Also measures the call alone and the two appends alone.
/// </summary>
internal static class RefreshBench
{
    private const int EventsEach = 2;
    private const int Bytes = 200;

    private static readonly TimeSpan Floor = TimeSpan.FromSeconds(3);

    public static async Task Run(Options options)
    {
        using var folder = new Folder(options);
        using var provider = await TokenEndpoint.Launch();
        var callers = options.Number("callers", 8);
        await Calls(provider.Address, callers, TimeSpan.FromSeconds(1)); // warm up
        var call = await Calls(provider.Address, callers, Floor);
        var appends = await Appends(folder.File("floor.db"), callers);
        await Refreshes(folder.Path, provider.Address, options, callers, TimeSpan.FromSeconds(2), report: _ => { });
        await Refreshes(
            folder.Path, provider.Address, options, callers, TimeSpan.FromSeconds(options.Number("seconds", 10)),
            measured => Report.Print("refresh", measured, new { callers }, ("call", call), ("appends", appends)));
    }

    private static async Task Refreshes(
        string data, string provider, Options options, int callers, TimeSpan time, Action<Measured> report)
    {
        using var host = Host(data, provider);
        await host.StartAsync();
        var (tokens, vault) = (host.Services.GetRequiredService<TokenProvider>(), host.Services.GetRequiredService<IVault>());
        var signedIn = Enumerable.Range(0, options.Number("connections", 200)).Select(_ => SignedIn()).ToArray();
        foreach (var grant in signedIn) await vault.Put(grant.Connection, grant.Entry, NewGrant().Stored, default);
        var versions = new int[signedIn.Length];
        report(await Crowd.Measure(callers, time, async caller =>
        {
            // Each caller uses different connections.
            var one = (Random.Shared.Next(signedIn.Length / callers) * callers) + caller;
            var found = await tokens.Get(signedIn[one], versions[one], again: false, default);
            versions[one] = found.Grant is null ? throw new InvalidOperationException(found.Message) : found.Version;
        }));
        await host.StopAsync();
    }

    private static IHost Host(string data, string provider)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateApplicationBuilder();
        builder.AddDefaults();
        builder.Configuration["data"] = data;
        builder.Configuration["Network:AllowPrivate"] = "true";
        builder.Configuration["OAuth:demo-mail:Base"] = provider;
        builder.Configuration["OAuth:demo-mail:ClientId"] = "bench";
        builder.Logging.SetMinimumLevel(LogLevel.Error); // print only the results
        builder.AddEmbeddedStores();
        builder.Services.AddOperations(builder.Configuration).AddDefinedConnector(DemoConnectors.Mail);
        return builder.Build();
    }

    private static Task<Measured> Calls(string provider, int callers, TimeSpan time)
    {
        var http = new HttpClient();
        return Crowd.Measure(callers, time, async _ =>
        {
            using var form = new FormUrlEncodedContent(new Dictionary<string, string>
            {
                ["grant_type"] = "refresh_token",
                ["refresh_token"] = "r",
                ["client_id"] = "bench"
            });
            using var response = await http.PostAsync(new Uri($"{provider}/connect/token"), form);
            await response.Content.ReadAsByteArrayAsync();
        });
    }

    private static async Task<Measured> Appends(string path, int callers)
    {
        using var log = SqliteEventLog.Open(path, TimeProvider.System);
        return await Crowd.Measure(callers, Floor, async _ =>
        {
            var stream = new TokenId("default", Guid.NewGuid()).Stream;
            for (var n = 0; n < EventsEach; n++) await log.Append(stream, n - 1, [Event()], default);
        });
    }

    private static NewEvent Event() => new(Guid.CreateVersion7(), "token-refreshed", new byte[Bytes], new byte[120]);

    private static GrantReference SignedIn() => new(new ConnectionId("default", Guid.NewGuid()), DemoConnectors.Mail.Entry.Id, 1, "v1-bench");

    private static Grant NewGrant() =>
        Grant.Create("a", "r", TimeProvider.System.GetUtcNow() + TimeSpan.FromHours(1), TimeSpan.FromHours(1), null);
}
