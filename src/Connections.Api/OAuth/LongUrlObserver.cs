using System.Diagnostics;
using Connections.Operations.SignIns;
using Microsoft.AspNetCore.Http.Features;

namespace Connections.Api.OAuth;

/// <summary>The web server refuses addresses beyond its limit before anybody here sees them; a callback may be among them, so each is told of.</summary>
internal sealed class LongUrlObserver(DiagnosticListener server, FailedSignIns stopped) : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string Rejected = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? watching;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        watching = server.Subscribe(this, name => name == Rejected);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        watching?.Dispose();
        return Task.CompletedTask;
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection request
            && request.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException { StatusCode: StatusCodes.Status414UriTooLong })
            stopped.Unknown("too-long");
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
