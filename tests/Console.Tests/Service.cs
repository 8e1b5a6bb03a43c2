using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TestServers;

namespace Console.Tests;

/// <summary>Standalone as a process, with a PostgreSQL to connect to and a workspace with 10,000 connections.</summary>
public sealed partial class Service : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("console-");
    private readonly StringBuilder output = new();
    private readonly DirectoryInfo definitions = Directory.CreateTempSubdirectory("console-definitions-");
    private string[] settings;
    private readonly bool ownsPostgres;
    private Process process = null!;
    private string listen = "http://127.0.0.1:0";

    public Service()
        : this(null, [])
    {
    }

    private Service(PostgresServer? postgres, string[] settings) => (Postgres, ownsPostgres, this.settings) = (postgres!, postgres is null, settings);

    public PostgresServer Postgres { get; private set; }

    public string Folder => folder.FullName;

    /// <summary>The address of the demo provider.</summary>
    public string Demo => DemoListens().Match(Output).Groups[1].Value;

    /// <summary>The time that all processors worked for the service.</summary>
    public TimeSpan Cpu => Fresh().TotalProcessorTime;

    public long Memory => Fresh().WorkingSet64;

    public string Address { get; private set; } = "";

    public string Key => File.ReadAllText(Path.Combine(folder.FullName, "api-key")).Trim();

    public string Output
    {
        get
        {
            lock (output) return output.ToString();
        }
    }

    public string OneTimeAddress => EnterAddress().Matches(Output)[^1].Value;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(PostgresServer.Available, PostgresDatabases.Missing);
        if (ownsPostgres) Postgres = await PostgresDatabases.Prepared();
        if (ownsPostgres)
        {
            await Samples.Fill(Folder);
            await Crowd.Fill(Folder);
            settings = ["--Connectors:Folder", Definitions.Write(definitions.FullName)];
        }

        await Start();
    }

    /// <summary>Another service beside this one, with settings of its own, for the same PostgreSQL.</summary>
    public async Task<Service> Another(params string[] with)
    {
        var another = new Service(Postgres, with);
        await another.InitializeAsync();
        return another;
    }

    /// <summary>Stops the service at once, and starts it with other settings on the same data and address.</summary>
    public async Task Restart(params string[] with)
    {
        await Kill();
        settings = with;
        await Start();
    }

    public async Task Start()
    {
        lock (output) output.Clear();
        var program = Path.Combine(AppContext.BaseDirectory, "../../Standalone/debug/Standalone.dll");
        process = Process.Start(new ProcessStartInfo("dotnet", [program, "--data", Folder, "--urls", listen, "--demo", .. settings])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
            Environment = { ["Demo__Urls"] = "http://127.0.0.1:0" }
        })!;
        process.OutputDataReceived += Hear;
        process.ErrorDataReceived += Hear;
        process.BeginOutputReadLine();
        process.BeginErrorReadLine();
        await Until.Holds(() => Output.Contains("Press Ctrl+C", StringComparison.Ordinal), "Standalone listens", TimeSpan.FromSeconds(120));
        Address = Listens().Match(Output).Groups[1].Value;
        listen = Address;
    }

    public async Task Kill()
    {
        process.Kill();
        await process.WaitForExitAsync();
    }

    /// <summary>Calls the HTTP interface, with the operator's key unless another one is given.</summary>
    public async Task<JsonElement> Post(string path, object body, string? key = null)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", key ?? Key);
        using var response = await client.PostAsJsonAsync(path, body);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task Delete(string path)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        (await client.DeleteAsync(path)).EnsureSuccessStatusCode();
    }

    public async Task<string> CreateKey(string role, string workspace = "default") =>
        (await Post("/api/keys", new { name = $"a {role}", role, workspace })).GetProperty("key").GetString()!;

    /// <summary>Requests an activity with the operator's key.</summary>
    public async Task<string> Run(string connection, string sql, string? workflow = null, string? key = null)
    {
        var run = await Post("/api/activities", new
        {
            connectionId = connection,
            activity = "run-query",
            input = new { sql },
            caller = workflow is null ? null : new { workflow }
        }, key);
        return run.GetProperty("id").GetString()!;
    }

    /// <summary>Gives a role another password, and ends its sessions.</summary>
    public Task ChangePassword(string user, string password) =>
        Postgres.Sql($"ALTER ROLE {user} PASSWORD '{password}'; SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = '{user}'");

    /// <summary>A connection to the PostgreSQL of the tests, made over HTTP.</summary>
    public async Task<string> Connect(string name, string user, DateTimeOffset? rotateBy = null, string? key = null)
    {
        await Postgres.Sql($"DO $$ BEGIN CREATE ROLE {user} LOGIN PASSWORD '{PostgresDatabases.Password}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        var body = new
        {
            connector = "postgres",
            name,
            settings = new { host = PostgresServer.Host, port = Postgres.Port, database = Postgres.Database, tls = "disable" },
            credentials = new { username = user, password = PostgresDatabases.Password },
            rotateBy
        };
        return (await Post("/api/connections", body, key)).GetProperty("id").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await Kill();
        process?.Dispose();
        if (ownsPostgres && Postgres is not null) await Postgres.DisposeAsync();
        folder.Delete(recursive: true);
        definitions.Delete(recursive: true);
    }

    private Process Fresh()
    {
        process.Refresh();
        return process;
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (output) output.AppendLine(line.Data);
    }

    [GeneratedRegex(@"^Connections listens on (http://127\.0\.0\.1:\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Listens();

    [GeneratedRegex(@"Demo provider listens on (http://127\.0\.0\.1:\d+)")]
    private static partial Regex DemoListens();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/enter/[\w-]+")]
    private static partial Regex EnterAddress();
}

[CollectionDefinition(Name)]
public sealed class ConsoleCollection : ICollectionFixture<Service>, ICollectionFixture<Chromium>
{
    public const string Name = "console";
}
