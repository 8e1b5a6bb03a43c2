using Connections.Hosting;
using Connections.Hosting.Keys;
using Connections.Hosting.Sessions;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;

namespace Standalone;

/// <summary>Prints the addresses and the important files once the service listens.</summary>
internal sealed class StartupMessage(
    IServer server, EmbeddedFolder folder, ApiKeys keys, SessionStore sessions, IHostApplicationLifetime lifetime) : BackgroundService
{
    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        var started = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var registration = lifetime.ApplicationStarted.Register(started.SetResult);
        await started.Task.WaitAsync(stoppingToken);
        var addresses = server.Features.Get<IServerAddressesFeature>()?.Addresses ?? [];
        await ConsoleAddress.Store(folder, addresses.FirstOrDefault(), stoppingToken);
        Console.WriteLine(
            $"""

            Connections listens on {string.Join(", ", addresses)}
              console   {await OneTimeAddress(addresses.FirstOrDefault(), stoppingToken)}
              API key   {folder.ApiKeyPath}
              data      {folder.Path}
              key ring  {folder.KeyRingPath}   (back it up, apart from the data)
            Press Ctrl+C to stop.

            """);
    }

    private async Task<string> OneTimeAddress(string? address, CancellationToken ct)
    {
        var key = File.Exists(folder.ApiKeyPath) ? (await File.ReadAllTextAsync(folder.ApiKeyPath, ct)).Trim() : "";
        return key.Length > 0 && await keys.Find(ApiKey.Hash(key), ct) is { } first
            ? $"{address}/enter/{await sessions.CreateCode(first.Workspace, first.Id, ct)}   (once, within ten minutes)"
            : $"{address}/sign-in";
    }
}
