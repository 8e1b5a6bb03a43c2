using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text.Json;
using EndToEnd.Tests.Harness;
using TestServers;
using TestServers.Uploads;

namespace EndToEnd.Tests.Kills;

/// <summary>
/// A Standalone that is killed in the middle of one large upload to each provider, and started again. The providers are outside of it:
/// doubles that take a part and do not answer, and OpenSSH behind a proxy that is cut.
/// </summary>
public sealed class KilledUploads : IAsyncLifetime
{
    private const int Mebibyte = 1024 * 1024;

    // Dropbox takes smaller files in one request.
    private const int Largest = 152 * Mebibyte;
    private const int Large = 40 * Mebibyte;
    private const int Middle = 20 * Mebibyte;
    private const string Name = "large.bin";

    private static readonly TimeSpan Limit = TimeSpan.FromMinutes(2);

    private readonly DataFolder folder = new();
    private readonly DirectoryInfo home = Directory.CreateTempSubdirectory("sftp-");
    private readonly Dictionary<string, Guid> activities = [];
    private readonly Dictionary<string, string> hashes = [];
    private UploadServer drives = null!;
    private SshServer ssh = null!;
    private CutProxy line = null!;
    private long sentBeforeTheKill;

    /// <summary>The uploads that were begun at a provider, and the files that it has.</summary>
    internal (int Begun, UploadedFile[] Files) At(string vendor) => vendor == "sftp"
        ? (1, [.. home.GetFiles().Select(file => new UploadedFile(vendor, file.Name, file.Length, Hash(file)))])
        : (drives.Opened.Count(opened => opened == vendor), [.. drives.Files.Where(file => file.Vendor == vendor)]);

    internal UploadedFile Expected(string vendor) => new(vendor, Name, vendor == "dropbox" ? Largest : Large, hashes[vendor]);

    /// <summary>How much of its file went to the SFTP server after the kill.</summary>
    internal double ShareSentAgain => (line.Forwarded - sentBeforeTheKill) / (double)Large;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SshServer.Available, "OpenSSH is not installed");
        (drives, ssh) = (await UploadServer.Start(), await SshServer.Create());
        line = CutProxy.To(ssh.Port);
        drives.HoldsAfter = Middle;
        await using (var service = await StandaloneProcess.Start(folder.Path, Settings))
        {
            await Begin(service);
            await Until.Holds(() => drives.Held.Count() == 4 && line.IsCut, "each upload is in its middle", Limit);
            await Until.Seen(
                () => service.Api.Activity(activities["sftp"]),
                activity => activity.Body.TryGetProperty("progress", out var progress) && progress.GetProperty("done").GetInt64() > 0,
                "the server confirmed a part", Limit);
            await service.Process.Kill();
        }

        sentBeforeTheKill = line.Forwarded;
        drives.Release();
        line.Heal();
        await using var again = await StandaloneProcess.Start(folder.Path, Settings);
        foreach (var activity in activities.Values)
            await Until.Seen(
                async () => (await again.Api.Activity(activity)).Is(200),
                a => a["status"].GetString() is not ("running" or "waiting" or "requested"), "the upload ends", Limit);
        foreach (var (vendor, activity) in activities)
        {
            var ended = (await again.Api.Activity(activity)).Is(200);
            Assert.True(ended["status"].GetString() == "succeeded", $"{vendor}: {ended.Text}");
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (line is not null) await line.DisposeAsync();
        if (ssh is not null) await ssh.DisposeAsync();
        if (drives is not null) await drives.DisposeAsync();
        folder.Dispose();
        home.Delete(recursive: true);
    }

    private Dictionary<string, string> Settings
    {
        get
        {
            string[] addresses =
            [
                "google-drive__Base", "google-drive__Accounts", "google-drive__Oauth", "onedrive__Base", "onedrive__Login",
                "dropbox__Base", "dropbox__Content", "dropbox__Web"
            ];
            string[] applications = ["google-drive", "onedrive", "dropbox"];
            return addresses.Select(name => ($"OAuth__{name}", drives.Address))
                .Concat(applications.Select(name => ($"OAuth__{name}__ClientId", "client-1")))
                .Concat(applications.Select(name => ($"OAuth__{name}__ClientSecret", "secret-1"))).ToDictionary();
        }
    }

    private async Task Begin(StandaloneProcess service)
    {
        var content = RandomNumberGenerator.GetBytes(Largest);
        var (whole, part) = (await Store(service, content), await Store(service, content.AsMemory(0, Large)));
        foreach (var vendor in (string[])["google-drive", "onedrive", "dropbox", "aws-s3", "sftp"])
        {
            var (settings, credentials) = Form(vendor);
            var form = new { connector = vendor, name = vendor, settings, credentials };
            var connection = (await service.Api.Post("/api/connections", form)).Is(201)["id"];
            if (vendor == "sftp") line.CutAfter(Middle);
            var file = vendor == "dropbox" ? whole : part;
            hashes[vendor] = file.GetProperty("sha256").GetString()!;
            activities[vendor] = (await service.Api.Post("/api/activities", new
            {
                connectionId = connection.GetGuid(),
                activity = "upload-file",
                input = new { name = Name, file = new { id = file.GetProperty("id").GetString() } }
            })).Is(202)["id"].GetGuid();
        }
    }

    private (object Settings, object Credentials) Form(string vendor) => vendor switch
    {
        "aws-s3" => (
            new { endpoint = drives.Address, bucket = "bucket" },
            new { accessKeyId = "key-1", secretAccessKey = "secret-1" }),
        "sftp" => (
            new { host = SshServer.Host, port = line.Port, root = home.FullName, hostKeyFingerprint = ssh.Fingerprint },
            new { username = SshServer.User, privateKey = ssh.PrivateKey }),
        _ => (new { }, new { refreshToken = "refresh-1" })
    };

    private static async Task<JsonElement> Store(StandaloneProcess service, ReadOnlyMemory<byte> content)
    {
        using var http = new HttpClient { BaseAddress = service.Api.Address };
        http.DefaultRequestHeaders.Authorization = new AuthenticationHeaderValue("Bearer", service.Api.Key);
        using var response = await http.PostAsync("/api/files", new ReadOnlyMemoryContent(content));
        return JsonElement.Parse(await response.EnsureSuccessStatusCode().Content.ReadAsStringAsync());
    }

    private static string Hash(FileInfo file)
    {
        using var content = file.OpenRead();
        return Convert.ToHexStringLower(SHA256.HashData(content));
    }
}
