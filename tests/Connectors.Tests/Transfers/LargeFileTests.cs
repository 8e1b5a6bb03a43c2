using Connectors.Tests.Rogue;
using Connectors.Tests.S3;
using Connectors.Tests.Sftp;
using TestServers;

namespace Connectors.Tests.Transfers;

/// <summary>Files that are larger than the memory which a transfer may take.</summary>
[Collection(RogueServers.Name)]
public sealed class LargeFileTests(S3rverFixture s3rver, OpenSshFixture ssh) : IClassFixture<S3rverFixture>, IClassFixture<OpenSshFixture>
{
    private const long Size = 80 * 1024 * 1024;

    [Fact]
    public async Task A_large_file_goes_to_a_bucket_and_back_in_little_memory()
    {
        Assert.SkipWhen(s3rver.Server is null, "s3rver is not installed");
        var files = new StreamedFiles(Size);
        await using var store = new S3Store(new { endpoint = s3rver.Server!.Address, bucket = ObjectStoreServer.Bucket }, files: files);
        await Measured.LittleMemory(() => store.Done("upload-file", new { file = new { id = files.File.Id } }));
        await Measured.LittleMemory(() => store.Done("fetch-file", new { id = "/large.bin" }));
        Assert.Equal((Size, files.Sha256), (files.Stored[0].Size, files.Stored[0].Sha256));
    }

    [Fact]
    public async Task A_large_file_goes_to_a_server_and_back_in_little_memory()
    {
        var files = new StreamedFiles(Size);
        var settings = new { host = SshServer.Host, port = ssh.Server.Port, root = ssh.Home, hostKeyFingerprint = ssh.Server.Fingerprint };
        await using var store = new SftpStore(settings, new { username = SshServer.User, privateKey = ssh.Server.PrivateKey }, files);
        await Measured.LittleMemory(() => store.Done("upload-file", new { file = new { id = files.File.Id } }));
        await Measured.LittleMemory(() => store.Done("fetch-file", new { id = "/large.bin" }));
        Assert.Equal((Size, files.Sha256), (files.Stored[0].Size, files.Stored[0].Sha256));
    }
}
