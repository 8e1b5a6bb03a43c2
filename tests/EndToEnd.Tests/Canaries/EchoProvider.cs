using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace EndToEnd.Tests.Canaries;

/// <summary>How a provider quotes what it receives.</summary>
internal enum Quoting
{
    /// <summary>The provider serves normally.</summary>
    None,

    /// <summary>The provider quotes in the description of an error.</summary>
    Json,

    /// <summary>The provider quotes in an error page with status 500.</summary>
    Page,

    /// <summary>The provider quotes in a page instead of tokens.</summary>
    PageInsteadOfTokens,

    /// <summary>The API quotes the rejected header.</summary>
    Api
}

/// <summary>A provider whose tokens are canaries, and which quotes them where it can.</summary>
internal sealed class EchoProvider : IAsyncDisposable
{
    private readonly WebApplication app;

    private EchoProvider(WebApplication app) => this.app = app;

    public string Address => app.Urls.Single();

    /// <summary>The secret of the service's application.</summary>
    public Canary ClientSecret { get; } = Canary.Odd("client secret");

    /// <summary>The tokens that it issued, and the unknown ones that it received.</summary>
    public ConcurrentQueue<Canary> Secrets { get; } = new();

    public Quoting Quoting { get; set; }

    /// <summary>The error whose description quotes the request.</summary>
    public string Error { get; set; } = "server_error";

    public int Quoted { get; private set; }

    public static async Task<EchoProvider> Start()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var provider = new EchoProvider(builder.Build());
        provider.Secrets.Enqueue(provider.ClientSecret);
        provider.app.MapPost("/connect/token", (Delegate)provider.Token);
        provider.app.MapPost("/connect/revoke", (Delegate)provider.Token);
        provider.app.MapGet("/me", (HttpContext http) => provider.Serve(http, new { sub = "ada", email = "ada@demo.example" }));
        provider.app.MapPost("/mail/messages", (HttpContext http) => provider.Serve(http, new { id = "m-1" }));
        await provider.app.StartAsync();
        return provider;
    }

    public Canary New(string of)
    {
        var canary = Canary.New(of);
        Secrets.Enqueue(canary);
        return canary;
    }

    public ValueTask DisposeAsync() => app.DisposeAsync();

    private async Task<IResult> Token(HttpContext http)
    {
        var form = await http.Request.ReadFormAsync();
        if (form["code_verifier"].ToString() is { Length: > 0 } verifier) Secrets.Enqueue(new Canary("verifier", verifier, verifier));
        var all = string.Join(", ", form.Select(f => $"{f.Key} is {f.Value}"));
        if (Quoting is not (Quoting.None or Quoting.Api)) Quoted++;
        return Quoting switch
        {
            Quoting.Json => Results.Json(new { error = Error, error_description = $"Wrong: {all}", id_token = New("id token").Value }, statusCode: 400),
            Quoting.Page => Results.Content($"<html>Oops: {all}</html>", "text/html", statusCode: 500),
            Quoting.PageInsteadOfTokens => Results.Content($"<html>Hello: {all}</html>", "text/html"),
            _ => Results.Ok(new
            {
                access_token = New("access token").Value,
                refresh_token = New("refresh token").Value,
                id_token = New("id token").Value,
                expires_in = 1
            })
        };
    }

    private IResult Serve(HttpContext http, object answer)
    {
        if (Quoting != Quoting.Api) return Results.Ok(answer);
        Quoted++;
        return Results.Json(new { error = $"{http.Request.Headers.Authorization} may not" }, statusCode: 403);
    }
}
