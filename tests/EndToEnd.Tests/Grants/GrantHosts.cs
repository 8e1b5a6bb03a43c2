using System.Web;
using EndToEnd.Tests.Harness;
using EndToEnd.Tests.Hosts;
using EndToEnd.Tests.SignIns;
using TestServers;

namespace EndToEnd.Tests.Grants;

/// <summary>Hosts with a test provider. The log, the vault and the provider can each be made to wait.</summary>
internal sealed class GrantHosts : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(120);

    private readonly DataFolder folder;
    private readonly Dictionary<string, string> settings;
    private readonly string key;
    private readonly List<HostProcess> processes = [];

    private GrantHosts(DataFolder folder, Servers servers, LogHolds holds, TokenProvider provider, string address, string key)
    {
        (this.folder, Servers, Log, Provider, this.key) = (folder, servers, holds, provider, key);
        settings = new Dictionary<string, string>(servers.Settings.Concat(Applications.At(address)))
        {
            ["Sql__Connection"] = $"{PostgresDatabases.ConnectionString(servers.Sql)};Maximum Pool Size=12" // the server accepts a hundred connections
        };
    }

    public Servers Servers { get; }

    public LogHolds Log { get; }

    public VaultGate? Vault { get; private set; }

    public TokenProvider Provider { get; }

    /// <summary>Starts the hosts, with a Connections.Worker.</summary>
    /// <param name="instead">The address of another provider.</param>
    public static async Task<GrantHosts> Start(string? instead = null)
    {
        var folder = new DataFolder();
        var holds = new LogHolds(Path.Combine(folder.Path, "holds"));
        var servers = await Servers.Share(holds.Options);
        var provider = await TokenProvider.Start();
        var key = await Deployment.OperatorKey(servers.Settings);
        var hosts = new GrantHosts(folder, servers, holds, provider, instead ?? provider.Address, key);
        hosts.Launch(Deployment.ConnectionWorker);
        return hosts;
    }

    public HostProcess Launch(string host, params string[] arguments)
    {
        processes.Add(HostProcess.Start("DemoHosts", settings, [host, .. arguments]));
        return processes[^1];
    }

    /// <summary>Starts a separate Api, and returns once it is ready.</summary>
    public async Task<(HostProcess Process, Api Api)> StartApi()
    {
        var process = Launch("Connections.Api", "--urls", "http://127.0.0.1:0");
        await Until.Holds(() => process.Ended || Deployment.Address(process) is not null, "the Api listens", Deadline);
        Assert.False(process.Ended, process.Output);
        var api = new Api(Deployment.Address(process)!, key);
        await Until.Seen(() => api.Get("/health/ready"), ready => ready.Status == 200, "the Api is ready", Deadline);
        Vault ??= await VaultGate.Open(Servers.Sql); // a ready host has created the tables
        return (process, api);
    }

    /// <summary>The address that the provider redirects the browser to.</summary>
    public static Uri Back(Api api, string authorizeUrl, string user)
    {
        var state = HttpUtility.ParseQueryString(new Uri(authorizeUrl).Query)["state"]!;
        return new Uri(api.Address, $"/api/oauth/callback?state={Uri.EscapeDataString(state)}&code={TokenProvider.Code(user)}");
    }

    /// <summary>Signs in for a new connection or again for an existing one.</summary>
    public static async Task SignIn(Api api, Browser browser, Mailbox box)
    {
        var exists = (await api.Connection(box.Id)) is { Status: 200 } answer && answer["status"].GetString() != "authorizing";
        var started = exists
            ? await browser.Post(api, $"/api/connections/{box.Id}/reconnect", new { }, 200)
            : await browser.Post(api, "/api/connections", box.Body, 202);
        var page = await browser.Open(Back(api, started.GetProperty("authorizeUrl").GetString()!, box.User));
        Assert.True(page.Status == 200, page.Text);
    }

    public async ValueTask DisposeAsync()
    {
        Provider.ReleaseAll();
        foreach (var process in processes) await process.DisposeAsync();
        if (Vault is not null) await Vault.DisposeAsync();
        await Provider.DisposeAsync();
        await Servers.DisposeAsync();
        folder.Dispose();
    }
}

/// <summary>A connection and the person who signs in for it.</summary>
/// <param name="Account">The account that signs in; null for a separate one.</param>
internal sealed record Mailbox(string Connector, string Name, string? Account = null)
{
    public Guid Id { get; } = Guid.NewGuid();

    /// <summary>The user name, which decides whether the provider issues single-use tokens.</summary>
    public string User { get; } = $"{(Connector == "demo-mail" ? "once" : "steady")}{Account ?? Name}";

    public object Body => new { id = Id, connector = Connector, name = Name };

    public string TokenStream => $"token-default:{Id}";
}
