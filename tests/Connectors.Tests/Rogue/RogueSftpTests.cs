using Connections.Domain;
using Connectors.Tests.Sftp;
using TestServers;

namespace Connectors.Tests.Rogue;

/// <summary>An SSH server that signs a user in, and whose SFTP then sends without end.</summary>
[Collection(RogueServers.Name)]
public sealed class RogueSftpTests : IAsyncLifetime
{
    private const long MemoryLimit = 256 * 1024 * 1024;

    // Answers the version and the first path as a client expects. Then it announces a message of 512 MB.
    private const string Rogue = """
        dd bs=1 count=9 >/dev/null 2>&1
        printf '\000\000\000\005\002\000\000\000\003'
        dd bs=1 count=5 >/dev/null 2>&1
        printf '\000\000\000\027\150'
        dd bs=1 count=4 2>/dev/null
        printf '\000\000\000\001\000\000\000\001/\000\000\000\001/\000\000\000\000'
        dd bs=1 count=6 >/dev/null 2>&1
        printf '\040\000\000\000'
        exec cat /dev/zero

        """;

    private readonly DirectoryInfo folder = Directory.CreateTempSubdirectory("rogue-sftp-");
    private SshServer? server;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SshServer.Available, "OpenSSH is not installed");
        var script = Path.Combine(folder.FullName, "rogue.sh");
        await File.WriteAllTextAsync(script, Rogue);
        server = await SshServer.Create(sftp: $"/bin/sh {script}");
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        folder.Delete(recursive: true);
    }

    [Theory]
    [InlineData("list-files")]
    [InlineData("fetch-file")]
    [InlineData("delete-file")]
    public async Task A_server_that_sends_without_end_costs_little_and_fails_clearly(string activity)
    {
        await using var store = new SftpStore(
            new { host = SshServer.Host, port = server!.Port, hostKeyFingerprint = server.Fingerprint },
            new { username = SshServer.User, privateKey = server.PrivateKey });
        await Measured.LittleMemory(
            async () =>
            {
                var failed = await store.Fails(activity, new { id = "/a.txt" });
                Assert.Equal(FailureKind.InvalidInput, failed.Kind);
                Assert.Contains("64 MB", failed.Message, StringComparison.Ordinal);
            },
            MemoryLimit);
    }
}
