using System.Diagnostics;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace Bench;

/// <summary>A provider that issues tokens for every request. Runs in a separate process, so that its CPU time is not measured.</summary>
internal sealed class TokenEndpoint : IDisposable
{
    private readonly Process process;

    private TokenEndpoint(Process process, string address) => (this.process, Address) = (process, address);

    public string Address { get; }

    public static async Task<TokenEndpoint> Launch()
    {
        var start = new ProcessStartInfo("dotnet", [typeof(TokenEndpoint).Assembly.Location, "provider"])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true
        };
        var process = Process.Start(start)!;
        return new TokenEndpoint(
            process, await process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The provider did not start."));
    }

    /// <summary>Serves until the process that launched it ends.</summary>
    public static async Task Run(Options options)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        await using var app = builder.Build();
        app.MapPost("/connect/token", () => Results.Ok(new { access_token = "a", refresh_token = "r", expires_in = 3600 }));
        await app.StartAsync();
        Console.WriteLine(app.Urls.Single());
        await Console.In.ReadToEndAsync();
    }

    public void Dispose()
    {
        process.StandardInput.Close();
        process.WaitForExit();
        process.Dispose();
    }
}
