using Microsoft.AspNetCore.Http;
using TestServers;

namespace Bench;

/// <summary>
/// Measures what a definition costs: the same request to the same API, by a definition and by the http connector, in turn over one service in
/// a separate process. The API runs in this process, so its CPU time is not measured.
/// </summary>
internal static class DefinitionsBench
{
    private const string Definition =
        """
        connector: bench-crm
        name: Bench CRM
        category: crm
        description: Find contacts.
        servers: { api: "https://crm.bench.example/v1" }
        authentication:
          key:
            credentials: { apiKey: { label: API key, required: true } }
            bearer: "{credentials.apiKey}"
        probe: { get: /me }
        identity: { value: body.id, basis: account-id, display: body.name }
        failures:
          - { status: 429, kind: throttled, delivered: no, retryAfter: header }
        activities:
          find-contacts:
            description: Finds contacts by their email address.
            inputSchema: { required: [email], properties: { email: { type: string } } }
            get: /contacts
            query: { email: input.email, limit: 20 }
            output: { contacts: "body.items[].{id: id, name: fullName}" }
        """;

    private static readonly object Http = new { method = "GET", path = "/contacts", query = new { email = "ann@example.com", limit = "20" } };
    private static readonly object Defined = new { email = "ann@example.com" };

    public static async Task Run(Options options)
    {
        using var folder = new Folder(options);
        var definitions = Directory.CreateDirectory(folder.File("definitions")).FullName;
        await File.WriteAllTextAsync(Path.Combine(definitions, "bench-crm.yaml"), Definition);
        await using var api = await Api();
        using var service = await HostedService.Start(
            folder.Path, "--Connectors:Folder", definitions, "--Connectors:bench-crm:Servers:api", $"http://127.0.0.1:{api.Port}/v1");
        var http = await Connect(service, "http", new { baseUrl = $"http://127.0.0.1:{api.Port}/v1", auth = "bearer" }, new { token = "token-1" });
        var defined = await Connect(service, "bench-crm", new { }, new { apiKey = "key-1" });

        Task<Measured> ByHttp(double seconds) => Measure(service, options, seconds, http, "request", Http);
        Task<Measured> ByDefinition(double seconds) => Measure(service, options, seconds, defined, "find-contacts", Defined);
        await ByHttp(options.Number("warmup", 5));
        await ByDefinition(options.Number("warmup", 5));
        for (var round = 0; round < options.Number("rounds", 3); round++)
        {
            var floor = await ByHttp(options.Number("seconds", 10));
            var measured = await ByDefinition(options.Number("seconds", 10));
            Report.Print("definitions", measured, new { timesHttp = Math.Round(measured.CpuMicroseconds / floor.CpuMicroseconds, 2) }, ("http", floor));
        }
    }

    private static Task<Measured> Measure(
        HostedService service, Options options, double seconds, Guid connection, string activity, object input) =>
        HttpBench.Load(service, options, TimeSpan.FromSeconds(seconds), _ => HttpBench.Run(service, connection, activity, input));

    private static async Task<Guid> Connect(HostedService service, string connector, object settings, object credentials) =>
        (await service.Post("/api/connections", new { connector, name = $"Bench {connector}", settings, credentials })).GetProperty("id").GetGuid();

    private static async Task<ApiServer> Api()
    {
        var contacts = string.Join(',', Enumerable.Range(1, 20).Select(i => $$"""{"id":{{i}},"fullName":"Contact {{i}}","email":"c{{i}}@example.com"}"""));
        var body = $$"""{"id":7,"name":"Bench","items":[{{contacts}}]}""";
        var server = await ApiServer.Start();
        server.Answer = async context =>
        {
            server.Requests.Clear();
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync(body);
        };
        return server;
    }
}
