using System.Text.Json;
using System.Text.Json.Nodes;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Guard;
using Connections.Connectors.OAuth;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using TestServers;

namespace Connectors.Tests.MailServers;

/// <summary>The registered connectors, and one connection to a mail server on the loopback.</summary>
internal sealed class TestMailbox : IAsyncDisposable
{
    public const string User = "ann@mail.test";
    public const string Password = "canary-71c2-pässword";

    private readonly ServiceProvider services;
    private readonly string connector;

    /// <summary>The operator's file with the CA certificate; null: there is none.</summary>
    public string? CaFile { get; private init; }

    public TestMailbox(
        string connector, int port, string? ca = null, string security = "tls", TimeProvider? clock = null, Dictionary<string, string?>? configuration = null)
    {
        this.connector = connector;
        Resolver.Answer(ScriptedServer.Host, ["127.0.0.1"]).Answer("other.test", ["127.0.0.1"]);
        var collection = new ServiceCollection().AddLogging(logging => logging.SetMinimumLevel(LogLevel.Trace).AddProvider(Logs));
        collection.AddSingleton<IHostResolver>(Resolver).AddSingleton<IFileStore>(Files);
        if (clock is not null) collection.AddSingleton(clock);
        services = collection.AddConnectors(new ConfigurationBuilder()
            .AddInMemoryCollection([new("Network:AllowPrivate", "true"), .. configuration ?? []]).Build()).BuildServiceProvider();
        Settings = new JsonObject
        {
            ["host"] = ScriptedServer.Host,
            ["port"] = port,
            ["security"] = security,
            ["caCertificate"] = ca ?? ScriptedServer.AuthorityPem
        };
        if (connector == "smtp") (Settings["senderAddress"], Settings["senderName"]) = (User, "Änn Example");
    }

    /// <summary>A mailbox whose emails are read at one port and sent at another.</summary>
    public static TestMailbox Email(int imapPort, int smtpPort)
    {
        var mailbox = new TestMailbox("email", imapPort);
        var authority = mailbox.Settings["caCertificate"]!.DeepClone();
        mailbox.Settings.Clear();
        foreach (var (name, value) in new JsonObject
        {
            ["imapHost"] = ScriptedServer.Host,
            ["imapPort"] = imapPort,
            ["smtpHost"] = ScriptedServer.Host,
            ["smtpPort"] = smtpPort,
            ["caCertificate"] = authority,
            ["senderAddress"] = User,
            ["senderName"] = "Änn Example"
        }) mailbox.Settings[name] = value?.DeepClone();
        return mailbox;
    }

    /// <summary>A mailbox at which people sign in with OAuth, at replaced addresses.</summary>
    /// <param name="imap">The address of the server, after <c>imap</c>: <c>s://</c> is TLS at once.</param>
    /// <param name="smtp">The same after <c>smtp</c>.</param>
    public static TestMailbox OAuth(string connector, string imap, string smtp, IAccessTokens tokens, string? ca = null)
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file, ca ?? ScriptedServer.AuthorityPem);
        var mailbox = new TestMailbox(connector, 0, configuration: new()
        {
            [$"OAuth:{connector}:ClientId"] = "client-1",
            [$"OAuth:{connector}:Imap"] = $"imap{imap}",
            [$"OAuth:{connector}:Smtp"] = $"smtp{smtp}",
            [$"OAuth:{connector}:CaFile"] = file
        })
        { Tokens = tokens, CaFile = file };
        mailbox.Settings.Clear();
        return mailbox;
    }

    public FakeResolver Resolver { get; } = new();

    /// <summary>The tokens of a sign-in; null: the mailbox has a password.</summary>
    public IAccessTokens? Tokens { get; private init; }

    public CapturedLogs Logs { get; } = new();

    public TestFiles Files { get; } = new();

    public JsonObject Settings { get; }

    public string UserName { get; set; } = User;

    public Guid Id { get; } = Guid.CreateVersion7();

    public Guid Activity { get; } = Guid.CreateVersion7();

    public ConnectorRunner Runner => services.GetRequiredService<ConnectorRunner>();

    public IConnector Connector => services.GetRequiredService<ConnectorCatalogue>().Find(connector)!;

    public ConnectionUse Use(string? password = null) => new(
        "default", Id, 1, JsonSerializer.SerializeToElement(Settings),
        Tokens is not null ? Secret.None : Secret.From(JsonSerializer.SerializeToElement(new { username = UserName, password = password ?? Password })),
        Tokens: Tokens, Activity: Activity);

    /// <summary>Runs an activity whose input the schema allows.</summary>
    public Task<ConnectorResult> Run(string activity, object input, TimeSpan? timeout = null, ConnectionUse? use = null, CancellationToken ct = default)
    {
        var json = JsonSerializer.SerializeToElement(input);
        Assert.Empty(InputSchema.Parse(Connector.Entry.Activities.Single(a => a.Id == activity).Input).Check(json));
        return Runner.Run(connector, use ?? Use(), activity, json, timeout ?? TimeSpan.FromSeconds(60), ct);
    }

    public async Task<JsonElement> Done(string activity, object input, TimeSpan? timeout = null)
    {
        var result = await Run(activity, input, timeout);
        if (result is ConnectorResult.Failed failed) Assert.Fail($"{failed.Kind}: {failed.Message}");
        return Assert.IsType<ConnectorResult.Done>(result).Output;
    }

    public async Task<ConnectorResult.Failed> Fails(string activity, object input, TimeSpan? timeout = null) =>
        Assert.IsType<ConnectorResult.Failed>(await Run(activity, input, timeout));

    public Task<ProbeResult> Probe(TimeSpan? limit = null, ConnectionUse? use = null, bool byPerson = false) =>
        Runner.Probe(connector, use ?? Use(), limit ?? TimeSpan.FromSeconds(30), byPerson, default);

    public ValueTask DisposeAsync()
    {
        if (CaFile is not null) File.Delete(CaFile);
        return services.DisposeAsync();
    }
}
