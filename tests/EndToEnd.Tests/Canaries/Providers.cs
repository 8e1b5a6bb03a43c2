using System.Security.Cryptography;
using System.Text.Json;
using System.Text.RegularExpressions;
using EndToEnd.Tests.Harness;
using TestServers;
using TestServers.Tds;

namespace EndToEnd.Tests.Canaries;

/// <summary>A valid form for a connection, and its secrets.</summary>
internal sealed record FilledForm(string Connector, Dictionary<string, object> Settings, Dictionary<string, string> Credentials, IReadOnlyList<Canary> Secrets)
{
    /// <summary>The same form with other secrets, which the provider rejects.</summary>
    public FilledForm Wrong(IEnumerable<FormField> fields)
    {
        var (credentials, secrets) = (new Dictionary<string, string>(Credentials), new List<Canary>());
        foreach (var field in fields.Where(f => f.Connector == Connector && f.Secret && Credentials.ContainsKey(f.Name)))
        {
            secrets.Add(field.Canary());
            credentials[field.Name] = secrets[^1].Value;
        }

        return this with { Credentials = credentials, Secrets = secrets };
    }
}

/// <summary>Real providers that accept the right canary.</summary>
internal sealed class Providers : IAsyncDisposable
{
    // The spans of the tests' own calls do not belong to the service.
    private static readonly AsyncLocal<bool> Preparing = new();

    private readonly MariaDbServer? maria;
    private readonly SshServer? ssh;
    private readonly MailServer? mail;
    private readonly SharedService common;
    private readonly TdsServer sqlServer = new();
    private readonly List<string> folders = [];
    private int users;

    private Providers(SharedService common, EchoApi echo, MariaDbServer? maria, SshServer? ssh, MailServer? mail) =>
        (this.common, Echo, this.maria, this.ssh, this.mail) = (common, echo, maria, ssh, mail);

    public EchoApi Echo { get; }

    /// <summary>The settings that send the connectors of definitions to <see cref="Echo"/>.</summary>
    public IReadOnlyDictionary<string, string> Settings =>
        new[] { "twilio:Servers:api", "bamboohr:Servers:api", "google-vision:Servers:api" }.ToDictionary(server => $"Connectors:{server}", _ => Echo.Address)
            .Append(new("Connectors:google-vision:Servers:token", $"{Echo.Address}{EchoApi.TokenPath}")).ToDictionary();

    public static bool AtWork => Preparing.Value;

    public static async Task<Providers> Start(SharedService common)
    {
        Assert.SkipUnless(
            PostgresServer.Available && MariaDbServer.Available && SshServer.Available && MailServer.Available,
            "PostgreSQL, MariaDB, OpenSSH, Postfix or Dovecot is not installed, or the tests do not run as root");
        var maria = await MariaDbServer.Create();
        await maria.Sql("CREATE DATABASE shop");
        return new Providers(common, await EchoApi.Start(), maria, await SshServer.Create(), await MailServer.Create("127.0.0.1"));
    }

    /// <summary>The variants of this connector's form, each with its own account.</summary>
    public async Task<IReadOnlyList<FilledForm>> Ways(string connector) => connector switch
    {
        "postgres" => [await Postgres(false), await Postgres(true)],
        "mysql" => [await MySql(false), await MySql(true)],
        "sqlserver" => [SqlServer(false), SqlServer(true)],
        "smtp" or "imap" or "email" => [await Mailbox(connector)],
        "http" => [Basic(), Key("bearer", "token", "header"), Key("apiKey", "apiKey", "header"), Key("apiKey", "apiKey", "query")],
        "twilio" => [Twilio("token", "authToken"), Twilio("key", "keySecret")],
        "bamboohr" => [BambooHr()],
        "aws-s3" => [Amazon("aws-s3", new() { ["bucket"] = "files" })],
        "aws-textract" => [Amazon("aws-textract", [])],
        "sftp" => [Sftp()],
        "google-vision" => [VisionKey(), ServiceAccount()],
        _ => throw new InvalidOperationException($"{connector}: say here how it is connected, so that its secrets are looked for.")
    };

    public async ValueTask DisposeAsync()
    {
        await Echo.DisposeAsync();
        await sqlServer.DisposeAsync();
        if (maria is not null) await maria.DisposeAsync();
        if (ssh is not null) await ssh.DisposeAsync();
        foreach (var folder in folders) Directory.Delete(folder, recursive: true);
        if (mail is not null) await mail.DisposeAsync();
    }

    private async Task<FilledForm> Postgres(bool tunnelled)
    {
        Preparing.Value = true;
        var (name, password) = ($"canary_{Guid.NewGuid():n}"[..20], Canary.Odd("postgres.password"));
        await common.Server.Sql($"CREATE ROLE {name} LOGIN PASSWORD '{password.Value}'");
        var port = common.Server.Port;
        return Through(tunnelled, "postgres", new() { ["host"] = PostgresServer.Host, ["port"] = port, ["database"] = "shop" }, name, password);
    }

    private async Task<FilledForm> MySql(bool tunnelled)
    {
        Preparing.Value = true;
        var (name, password) = ($"canary{++users}", Canary.Odd("mysql.password"));
        await maria!.Sql($"CREATE USER '{name}'@'%' IDENTIFIED BY '{password.Value}'");
        await maria.Sql($"GRANT ALL ON shop.* TO '{name}'@'%'");
        return Through(tunnelled, "mysql", new() { ["host"] = MariaDbServer.Host, ["port"] = maria.Port, ["database"] = "shop" }, name, password);
    }

    private FilledForm SqlServer(bool tunnelled)
    {
        var (name, password) = ($"canary{++users}", Canary.Odd("sqlserver.password"));
        sqlServer.Users[name] = password.Value;
        sqlServer.Answer = (_, _) => TdsTokens.Result(TdsColumn.Number("", 1));
        return Through(tunnelled, "sqlserver", new() { ["host"] = MariaDbServer.Host, ["port"] = sqlServer.Port, ["database"] = "shop" }, name, password);
    }

    private async Task<FilledForm> Mailbox(string connector)
    {
        var (user, password) = ($"canary{++users}@{MailServer.Domain}", Canary.Odd($"{connector}.password"));
        await mail!.AddUser(user, password.Value);
        var settings = new Dictionary<string, object> { ["caCertificate"] = mail.Certificates.AuthorityPem };
        foreach (var (server, port) in new[] { ("imap", mail.ImapPort), ("smtp", mail.SmtpPort) })
        {
            if (connector == server) (settings["host"], settings["port"]) = ("127.0.0.1", port);
            if (connector == "email") (settings[$"{server}Host"], settings[$"{server}Port"]) = ("127.0.0.1", port);
        }

        if (connector != "imap") settings["senderAddress"] = user;
        return new FilledForm(connector, settings, new() { ["username"] = user, ["password"] = password.Value }, [password]);
    }

    private FilledForm Through(bool tunnelled, string connector, Dictionary<string, object> settings, string user, Canary password)
    {
        var credentials = new Dictionary<string, string> { ["username"] = user, ["password"] = password.Value };
        if (!tunnelled) return new FilledForm(connector, settings, credentials, [password]);
        settings["ssh"] = new { host = SshServer.Host, port = ssh!.Port, user = SshServer.User, hostKeyFingerprint = ssh.Fingerprint };
        var key = ssh.LockedKey;
        credentials["sshPrivateKey"] = key;
        credentials["sshPassphrase"] = SshServer.Passphrase;
        var line = key.Split('\n')[3];
        return new FilledForm(
            connector,
            settings,
            credentials,
            [
                password,
                new Canary($"{connector}.sshPrivateKey", key, line[..40]),
                new Canary($"{connector}.sshPassphrase", SshServer.Passphrase, SshServer.Passphrase)
            ]);
    }

    private FilledForm Basic()
    {
        var (name, password) = ($"app{++users}", Canary.Odd("http.password"));
        Echo.AcceptBasic(name, password.Value);
        return new FilledForm(
            "http", new() { ["baseUrl"] = Echo.Address, ["auth"] = "basic" }, new() { ["username"] = name, ["password"] = password.Value }, [password]);
    }

    private FilledForm Key(string auth, string field, string place)
    {
        var secret = Canary.In($"http.{field}", core => $"{core}+/=");
        Echo.Accepted[auth == "bearer" ? $"Bearer {secret.Value}" : secret.Value] = true;
        var settings = new Dictionary<string, object> { ["baseUrl"] = Echo.Address, ["auth"] = auth, ["apiKeyIn"] = place };
        if (place == "query") settings["apiKeyName"] = "key";
        return new FilledForm("http", settings, new() { [field] = secret.Value }, [secret]);
    }

    private FilledForm Twilio(string way, string field)
    {
        var (account, secret) = ($"AC{Guid.NewGuid():n}", Canary.Odd($"twilio.{field}"));
        var credentials = new Dictionary<string, string> { [field] = secret.Value };
        if (way == "key") credentials["keySid"] = $"SK{Guid.NewGuid():n}";
        Echo.AcceptBasic(way == "key" ? credentials["keySid"] : account, secret.Value);
        return new FilledForm("twilio", new() { ["accountSid"] = account, ["authentication"] = way }, credentials, [secret]);
    }

    private FilledForm BambooHr()
    {
        var key = Canary.Odd("bamboohr.apiKey");
        Echo.AcceptBasic(key.Value, "x");
        return new FilledForm(
            "bamboohr", new() { ["companyDomain"] = $"company{++users}", ["authentication"] = "key" }, new() { ["apiKey"] = key.Value }, [key]);
    }

    private FilledForm Amazon(string connector, Dictionary<string, object> settings)
    {
        var (secret, token) = (
            Canary.In($"{connector}.secretAccessKey", core => $"{core}+/="), Canary.In($"{connector}.sessionToken", core => $"{core}+/="));
        Echo.Accepted[token.Value] = true;
        return new FilledForm(
            connector,
            new(settings) { ["endpoint"] = Echo.Address },
            new() { ["accessKeyId"] = $"ASIA{++users}", ["secretAccessKey"] = secret.Value, ["sessionToken"] = token.Value },
            [secret, token]);
    }

    private FilledForm Sftp()
    {
        var folder = Directory.CreateTempSubdirectory("canary-sftp-").FullName;
        folders.Add(folder);
        return new FilledForm(
            "sftp",
            new() { ["host"] = SshServer.Host, ["port"] = ssh!.Port, ["hostKeyFingerprint"] = ssh.Fingerprint, ["root"] = folder },
            new() { ["username"] = SshServer.User, ["privateKey"] = ssh.LockedKey, ["passphrase"] = SshServer.Passphrase },
            [
                new Canary("sftp.privateKey", ssh.LockedKey, ssh.LockedKey.Split('\n')[3][..40]),
                new Canary("sftp.passphrase", SshServer.Passphrase, SshServer.Passphrase)
            ]);
    }

    private FilledForm VisionKey()
    {
        var key = Canary.Odd("google-vision.apiKey");
        Echo.Accepted[key.Value] = true;
        return new FilledForm("google-vision", new() { ["authentication"] = "apiKey" }, new() { ["apiKey"] = key.Value }, [key]);
    }

    private FilledForm ServiceAccount()
    {
        using var rsa = RSA.Create(2048);
        var pem = rsa.ExportPkcs8PrivateKeyPem();
        var file = JsonSerializer.Serialize(new
        {
            type = "service_account",
            project_id = "acme",
            private_key = pem,
            client_email = $"reader{++users}@acme.example",
            token_uri = "https://oauth2.googleapis.com/token"
        });
        return new FilledForm(
            "google-vision", new() { ["authentication"] = "serviceAccount" }, new() { ["serviceAccountKey"] = file },
            [new Canary("google-vision.serviceAccountKey", file, Regex.Match(pem, "[A-Za-z0-9]{20,}").Value)]);
    }
}
