using System.Security.Cryptography;
using System.Text.Json;
using TestServers;

namespace Bench;

/// <summary>
/// Measures large files between the file store and providers, one after the other: fetched from and uploaded to an SFTP server (OpenSSH)
/// and a bucket (s3rver), and uploaded to doubles of Google Drive and OneDrive. The providers run in processes of their own.
/// </summary>
internal static class FilesBench
{
    private const int Mebibyte = 1024 * 1024;
    private const string Name = "large.bin";

    /// <param name="options"><c>--only</c>: the beginning of the names of the transfers to measure.</param>
    public static async Task Run(Options options)
    {
        var size = (long)options.Number("mebibytes", 1024) * Mebibyte;
        using var folder = new Folder(options);
        await using var ssh = await SshServer.Create();
        await using var bucket = await ObjectStoreServer.StartS3rver(Modules());
        using var drives = await UploadProvider.Launch();
        await using var host = await TransferHost.Start(folder.Path, drives.Address);
        var home = Directory.CreateDirectory(folder.File("home")).FullName;
        var sftp = new Remote(
            "sftp", new { host = SshServer.Host, port = ssh.Port, root = home, hostKeyFingerprint = ssh.Fingerprint },
            new { username = SshServer.User, privateKey = ssh.PrivateKey });
        var s3 = new Remote(
            "aws-s3", new { endpoint = bucket.Address, bucket = ObjectStoreServer.Bucket },
            new { accessKeyId = "S3RVER", secretAccessKey = "S3RVER" });
        Remote[] doubles = [new("google-drive", new { }, new { }), new("onedrive", new { }, new { })];

        var warm = await host.Fill("warm.bin", Math.Min(size, 64 * Mebibyte)); // loads and compiles the code
        foreach (var remote in (Remote[])[sftp, s3])
        {
            await host.Upload(remote, warm.Id, "warm.bin");
            await host.Fetch(remote, "/warm.bin");
        }

        foreach (var drive in doubles) await host.Upload(drive, warm.Id, "warm.bin");
        var file = await host.Fill(Name, size);
        await TransferFloor.Measure(folder, 64 * Mebibyte);
        await Measure("sftp upload", () => host.Upload(sftp, file.Id, Name), _ => Hash(Path.Combine(home, Name)));
        await Measure("sftp fetch", () => host.Fetch(sftp, $"/{Name}"), fetched => Task.FromResult(fetched.Sha256));
        await Measure("aws-s3 upload", () => host.Upload(s3, file.Id, Name), async _ => (await host.Fetch(s3, $"/{Name}")).Sha256);
        await Measure("aws-s3 fetch", () => host.Fetch(s3, $"/{Name}"), fetched => Task.FromResult(fetched.Sha256));
        foreach (var drive in doubles)
            await Measure($"{drive.Connector} upload", () => host.Upload(drive, file.Id, Name), hash => Task.FromResult(hash!));

        async Task Measure<T>(string transfer, Func<Task<T>> run, Func<T, Task<string>> hash)
        {
            if (!transfer.StartsWith(options.Text("only") ?? "", StringComparison.Ordinal)) return;
            var floor = await TransferFloor.Measure(folder, size); // each time, because others use the machine too
            T? result = default;
            var used = await ProcessUse.Measure(async () => result = await run());
            Print(transfer, size, used, floor, await hash(result!) == file.Sha256);
        }
    }

    private static void Print(string transfer, long size, ProcessUse used, ProcessUse floor, bool same)
    {
        var gibibytes = size / (1024.0 * Mebibyte);
        Console.WriteLine(JsonSerializer.Serialize(
            new
            {
                bench = "files",
                transfer,
                mebibytes = size / Mebibyte,
                mebibytesPerSecond = Math.Round(size / (double)Mebibyte / used.Elapsed.TotalSeconds),
                cpuSecondsPerGibibyte = Math.Round(used.Cpu.TotalSeconds / gibibytes, 2),
                floorCpuSecondsPerGibibyte = Math.Round(floor.Cpu.TotalSeconds / gibibytes, 2),
                timesFloor = Math.Round(used.Cpu / floor.Cpu, 2),
                growthMebibytes = used.GrowthKibibytes / 1024,
                hash = same ? "equal" : "different"
            }));
    }

    private static async Task<string> Hash(string path)
    {
        await using var file = File.OpenRead(path);
        return Convert.ToHexStringLower(await SHA256.HashDataAsync(file));
    }

    // artifacts/bin/Bench/release/ is below the root of the repository.
    private static string Modules() =>
        Path.GetFullPath(Path.Combine(AppContext.BaseDirectory, "../../../../tests/Connectors.Tests/S3/s3rver/node_modules"));
}

/// <summary>A connection to a provider.</summary>
internal sealed record Remote(string Connector, object Settings, object Credentials);
