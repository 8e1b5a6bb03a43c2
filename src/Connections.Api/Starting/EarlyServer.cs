using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Connections.Api.Starting;

/// <summary>
/// A server that listens before the host has started. <see cref="ListenEarly"/> starts it; it then responds as a service that is starting,
/// until the host starts it with the application.
/// </summary>
internal sealed class EarlyServer(IServer server) : IServer
{
    private SwitchedApplication? application;

    public IFeatureCollection Features => server.Features;

    public Task StartEarly(RequestDelegate respond, CancellationToken ct)
    {
        application = new SwitchedApplication(respond);
        return server.StartAsync(application, ct);
    }

    public Task StartAsync<TContext>(IHttpApplication<TContext> application, CancellationToken cancellationToken)
        where TContext : notnull
    {
        if (this.application is null) return server.StartAsync(application, cancellationToken);
        this.application.SwitchTo(application);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => server.StopAsync(cancellationToken);

    public void Dispose() => server.Dispose();
}
