using Connections.Api;
using Connections.Commands;
using Connections.Hosting;
using Connections.Hosting.Keys;
using Connections.Hosting.Telemetry;

namespace Api.Tests;

/// <summary>Runs the HTTP interface in this process, on loopback, with embedded stores in a temporary folder.</summary>
internal sealed class TestApi : IAsyncDisposable
{
    private readonly DirectoryInfo folder;

    private TestApi(DirectoryInfo folder, WebApplication app) => (this.folder, App) = (folder, app);

    public WebApplication App { get; }

    /// <summary>A client without a key.</summary>
    public HttpClient Client { get; private set; } = null!;

    /// <summary>Builds and maps the host without starting it.</summary>
    public static TestApi Build(params (string Key, string Value)[] settings)
    {
        var folder = Directory.CreateTempSubdirectory("api-");
        var builder = WebApplication.CreateBuilder();
        builder.Configuration["data"] = folder.FullName;
        foreach (var (key, value) in settings) builder.Configuration[key] = value;
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        builder.Logging.ClearProviders();
        builder.AddDefaults();
        builder.AddEmbeddedStores();
        builder.AddConnectionsApi();
        builder.AddTelemetry("Api.Tests");
        builder.AddBus();
        var app = builder.Build();
        app.MapConnectionsApi();
        return new TestApi(folder, app);
    }

    public static async Task<TestApi> Start(Action<WebApplication>? map = null, params (string Key, string Value)[] settings)
    {
        var api = Build(settings);
        map?.Invoke(api.App);
        await api.App.StartAsync();
        api.Client = new HttpClient { BaseAddress = new Uri(api.App.Urls.Single()) };
        return api;
    }

    /// <summary>Creates the tables that a Connections.Worker creates in a deployment.</summary>
    public Task Migrate() => CommandLine.Read(["migrate"]).Run(App);

    /// <summary>The folder of the embedded stores.</summary>
    public string Folder => folder.FullName;

    public async Task<HttpClient> ClientWith(Role role, string workspace = "default")
    {
        var (_, key) = await App.Services.GetRequiredService<ApiKeys>().Create("test", role, workspace, null, CancellationToken.None);
        var client = new HttpClient { BaseAddress = Client.BaseAddress };
        client.DefaultRequestHeaders.Authorization = new("Bearer", key);
        return client;
    }

    public async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        await App.DisposeAsync();
        folder.Delete(recursive: true);
    }
}
