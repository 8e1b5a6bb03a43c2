using System.Collections.Concurrent;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests.Canaries;

/// <summary>A loopback API that accepts its configured secrets.</summary>
internal sealed class EchoApi : IAsyncDisposable
{
    private readonly WebApplication app;

    private EchoApi(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>The accepted values of the <c>Authorization</c>, <c>X-Api-Key</c> and <c>X-Amz-Security-Token</c> headers and of the parameter <c>key</c>.</summary>
    public ConcurrentDictionary<string, bool> Accepted { get; } = new();

    /// <summary>A value in the body and in a header of each response.</summary>
    public string Says { get; set; } = "";

    public static async Task<EchoApi> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var api = new EchoApi(builder.Build());
        api.app.Run(api.Answer);
        await api.app.StartAsync();
        return api;
    }

    public void AcceptBasic(string user, string password) =>
        Accepted[$"Basic {Convert.ToBase64String(Encoding.UTF8.GetBytes($"{user}:{password}"))}"] = true;

    public async ValueTask DisposeAsync() => await app.DisposeAsync();

    private Task Answer(HttpContext context)
    {
        string?[] shown =
        [
            context.Request.Headers.Authorization, context.Request.Headers["X-Api-Key"], context.Request.Headers["X-Amz-Security-Token"],
            context.Request.Query["key"]
        ];
        context.Response.StatusCode = shown.Any(s => s is not null && Accepted.ContainsKey(s)) ? 200 : 401;
        context.Response.Headers["X-Said"] = Says;
        return context.Response.WriteAsJsonAsync(new { says = Says, status = "active", displayName = "Company" });
    }
}
