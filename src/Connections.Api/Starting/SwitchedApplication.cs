using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Http.Features;

namespace Connections.Api.Starting;

/// <summary>Gives each request to the delegate of the start, and to the application once there is one.</summary>
internal sealed class SwitchedApplication(RequestDelegate starting) : IHttpApplication<SwitchedApplication.Request>
{
    private volatile Handler handler = new Application<HttpContext>(new StartingApplication(starting));

    /// <param name="Handler">The handler that created the context, and completes the request even if the application comes meanwhile.</param>
    internal readonly record struct Request(Handler Handler, object Context);

    public void SwitchTo<TContext>(IHttpApplication<TContext> application)
        where TContext : notnull => handler = new Application<TContext>(application);

    public Request CreateContext(IFeatureCollection contextFeatures)
    {
        var current = handler;
        return new Request(current, current.Create(contextFeatures));
    }

    public Task ProcessRequestAsync(Request context) => context.Handler.Process(context.Context);

    public void DisposeContext(Request context, Exception? exception) => context.Handler.Dispose(context.Context, exception);

    internal abstract class Handler
    {
        public abstract object Create(IFeatureCollection features);

        public abstract Task Process(object context);

        public abstract void Dispose(object context, Exception? exception);
    }

    private sealed class Application<TContext>(IHttpApplication<TContext> application) : Handler
        where TContext : notnull
    {
        public override object Create(IFeatureCollection features) => application.CreateContext(features);

        public override Task Process(object context) => application.ProcessRequestAsync((TContext)context);

        public override void Dispose(object context, Exception? exception) => application.DisposeContext((TContext)context, exception);
    }

    private sealed class StartingApplication(RequestDelegate respond) : IHttpApplication<HttpContext>
    {
        public HttpContext CreateContext(IFeatureCollection contextFeatures) => new DefaultHttpContext(contextFeatures);

        public Task ProcessRequestAsync(HttpContext context) => respond(context);

        public void DisposeContext(HttpContext context, Exception? exception)
        {
        }
    }
}
