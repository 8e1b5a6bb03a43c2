using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests.Canaries;

/// <summary>A loopback API that accepts its configured secrets.</summary>
internal sealed class EchoApi : IAsyncDisposable
{
    /// <summary>Gives every caller the token that is accepted.</summary>
    public const string TokenPath = "/token";

    private const string Token = "token-of-the-echo";

    private readonly WebApplication app;

    private EchoApi(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>
    /// The accepted values of the headers <c>Authorization</c>, <c>X-Api-Key</c>, <c>X-Amz-Security-Token</c> and <c>X-Goog-Api-Key</c>, and
    /// of the parameter <c>key</c>.
    /// </summary>
    public ConcurrentDictionary<string, bool> Accepted { get; } = new([new($"Bearer {Token}", true)]);

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
            context.Request.Headers["X-Goog-Api-Key"], context.Request.Query["key"]
        ];
        if (context.Request.Path == TokenPath) return context.Response.WriteAsJsonAsync(new { access_token = Token, expires_in = 3600 });
        context.Response.StatusCode = shown.Any(s => s is not null && Accepted.ContainsKey(s)) ? 200 : 401;
        context.Response.Headers["X-Said"] = Says;
        if (context.Request.Query.ContainsKey("list-type"))
        {
            context.Response.ContentType = "application/xml";
            return context.Response.WriteAsync(
                $"<ListBucketResult><Name>{WebUtility.HtmlEncode(Says)}</Name><IsTruncated>false</IsTruncated></ListBucketResult>");
        }

        return context.Response.WriteAsJsonAsync(new { says = Says, status = "active", displayName = "Company" });
    }
}
