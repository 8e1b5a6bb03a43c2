using System.Diagnostics;
using System.Net.Http.Headers;
using System.Net.Http.Json;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using TestServers;

namespace Console.Tests;

/// <summary>Standalone as a process, with a PostgreSQL to connect to.</summary>
public sealed partial class Service : IAsyncLifetime
{
    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("console-");
    private readonly StringBuilder output = new();
    private Process process = null!;
    private string listen = "http://127.0.0.1:0";

    public PostgresServer Postgres { get; private set; } = null!;

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
        Postgres = await PostgresDatabases.Prepared();
        await Start();
    }

    public async Task Start()
    {
        lock (output) output.Clear();
        var program = Path.Combine(AppContext.BaseDirectory, "../../Standalone/debug/Standalone.dll");
        process = Process.Start(new ProcessStartInfo("dotnet", [program, "--data", folder.FullName, "--urls", listen, "--demo"])
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

    /// <summary>Calls the HTTP interface with the operator's key.</summary>
    public async Task<JsonElement> Post(string path, object body)
    {
        using var client = new HttpClient { BaseAddress = new Uri(Address) };
        client.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", Key);
        using var response = await client.PostAsJsonAsync(path, body);
        return await response.Content.ReadFromJsonAsync<JsonElement>();
    }

    public async Task<string> CreateKey(string role) =>
        (await Post("/api/keys", new { name = $"a {role}", role })).GetProperty("key").GetString()!;

    /// <summary>A connection to the PostgreSQL of the tests, made over HTTP.</summary>
    public async Task<string> Connect(string name, string user)
    {
        await Postgres.Sql($"DO $$ BEGIN CREATE ROLE {user} LOGIN PASSWORD '{PostgresDatabases.Password}'; EXCEPTION WHEN duplicate_object THEN NULL; END $$");
        var made = await Post("/api/connections", new
        {
            connector = "postgres",
            name,
            settings = new { host = PostgresServer.Host, port = Postgres.Port, database = Postgres.Database, tls = "disable" },
            credentials = new { username = user, password = PostgresDatabases.Password }
        });
        return made.GetProperty("id").GetString()!;
    }

    public async ValueTask DisposeAsync()
    {
        if (process is { HasExited: false }) await Kill();
        process?.Dispose();
        if (Postgres is not null) await Postgres.DisposeAsync();
        folder.Delete(recursive: true);
    }

    private void Hear(object sender, DataReceivedEventArgs line)
    {
        lock (output) output.AppendLine(line.Data);
    }

    [GeneratedRegex(@"^Connections listens on (http://127\.0\.0\.1:\d+)\s*$", RegexOptions.Multiline)]
    private static partial Regex Listens();

    [GeneratedRegex(@"http://127\.0\.0\.1:\d+/enter/[\w-]+")]
    private static partial Regex EnterAddress();
}

[CollectionDefinition(Name)]
public sealed class ConsoleCollection : ICollectionFixture<Service>, ICollectionFixture<Chromium>
{
    public const string Name = "console";
}
