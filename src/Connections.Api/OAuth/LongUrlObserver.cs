using System.Diagnostics;
using Connections.Operations.SignIns;
using Microsoft.AspNetCore.Http.Features;

namespace Connections.Api.OAuth;

/// <summary>
/// Reports URLs that are too long. The web server rejects them before any endpoint runs, and a sign-in callback may be among them.
/// </summary>
internal sealed class LongUrlObserver(DiagnosticListener server, FailedSignIns failures) : IHostedService, IObserver<KeyValuePair<string, object?>>
{
    private const string Rejected = "Microsoft.AspNetCore.Server.Kestrel.BadRequest";

    private IDisposable? subscription;

    public Task StartAsync(CancellationToken cancellationToken)
    {
        subscription = server.Subscribe(this, name => name == Rejected);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken)
    {
        subscription?.Dispose();
        return Task.CompletedTask;
    }

    public void OnNext(KeyValuePair<string, object?> value)
    {
        if (value.Value is IFeatureCollection request
            && request.Get<IBadRequestExceptionFeature>()?.Error is BadHttpRequestException { StatusCode: StatusCodes.Status414UriTooLong })
            failures.Unknown("too-long");
    }

    public void OnCompleted()
    {
    }

    public void OnError(Exception error)
    {
    }
}
