using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Connections.Credentials.Ring;

internal sealed class RewrapDaily(Rewrap rewrap, TimeProvider clock, ILogger<RewrapDaily> log) : BackgroundService
{
    private static readonly TimeSpan AfterSuccess = TimeSpan.FromDays(1);
    private static readonly TimeSpan AfterFailure = TimeSpan.FromMinutes(5);

    protected override async Task ExecuteAsync(CancellationToken stoppingToken)
    {
        while (!stoppingToken.IsCancellationRequested)
            await Task.Delay(await Try(stoppingToken) ? AfterSuccess : AfterFailure, clock, stoppingToken);
    }

    private async Task<bool> Try(CancellationToken ct)
    {
        try
        {
            await rewrap.Run(ct);
            return true;
        }
        catch (KeyRingException e)
        {
            log.LogWarning("Key ring: {Problem} Data keys are wrapped again in {Wait}", e.Message, AfterFailure);
            return false;
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "Key ring: data keys could not be wrapped again; retrying in {Wait}", AfterFailure);
            return false;
        }
    }
}
