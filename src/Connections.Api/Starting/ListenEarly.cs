using Connections.Hosting.Telemetry;
using Connections.Web.Responses;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Connections.Api.Starting;

/// <summary>
/// Starts the server before the services that wait for the stores. Until the host has started, probes get their responses, and every other
/// request is told to come again.
/// </summary>
internal sealed class ListenEarly(IServer server, IConfiguration configuration, Readiness readiness) : IHostedLifecycleService
{
    private const string RetryAfterSeconds = "5";

    /// <exception cref="IOException">The address is in use.</exception>
    public async Task StartingAsync(CancellationToken cancellationToken)
    {
        if (server is not EarlyServer early) return;
        AddAddresses();
        await early.StartEarly(Respond, cancellationToken);
    }

    public Task StartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StartedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppingAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    public Task StoppedAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    // As the framework does when it starts the server: the addresses in "urls", or all addresses on the ports in "http_ports" and "https_ports".
    // Endpoints in Kestrel:Endpoints are the server's own setting.
    private void AddAddresses()
    {
        if (server.Features.Get<IServerAddressesFeature>() is not { Addresses.Count: 0 } feature) return;
        var given = configuration[WebHostDefaults.ServerUrlsKey];
        var addresses = string.IsNullOrEmpty(given) ? [.. OnPorts("http"), .. OnPorts("https")] : Split(given);
        if (bool.TryParse(configuration[WebHostDefaults.PreferHostingUrlsKey], out var prefer)) feature.PreferHostingUrls = prefer;
        foreach (var address in addresses) feature.Addresses.Add(address);
    }

    private IEnumerable<string> OnPorts(string scheme) => Split(configuration[$"{scheme}_ports"] ?? "").Select(port => $"{scheme}://*:{port}");

    private static string[] Split(string list) => list.Split(';', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private async Task Respond(HttpContext http)
    {
        var probe = HttpMethods.IsGet(http.Request.Method) ? http.Request.Path.Value : null;
        if (probe == "/health/live")
        {
            await http.Response.WriteAsJsonAsync(HealthResponse.Live, Json.Options, http.RequestAborted);
            return;
        }

        http.Response.Headers.RetryAfter = RetryAfterSeconds;
        if (probe == "/health/ready") await Ready(http);
        else await Problems.Write(http, Problems.From(
            503, "request.unavailable", "The service is starting and waits for one of its stores; /health/ready names it. Try again."));
    }

    private async Task Ready(HttpContext http)
    {
        var health = await readiness.Check(bus: false, http.RequestAborted);
        http.Response.StatusCode = 503;
        await http.Response.WriteAsJsonAsync(
            health with { Status = "notReady", Missing = health.Missing ?? ["the service is starting"] }, Json.Options, http.RequestAborted);
    }
}
