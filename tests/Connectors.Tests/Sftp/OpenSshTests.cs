using Connections.Domain;
using TestServers;

namespace Connectors.Tests.Sftp;

public sealed class OpenSshFixture : IAsyncLifetime
{
    public SshServer Server { get; private set; } = null!;

    public string Home { get; } = Directory.CreateTempSubdirectory("sftp-").FullName;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(SshServer.Available, "OpenSSH is not installed");
        Server = await SshServer.Create();
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
        Directory.Delete(Home, recursive: true);
    }
}

public sealed class OpenSshTests(OpenSshFixture fixture) : SftpUploadContract, IClassFixture<OpenSshFixture>
{
    protected override string Home => fixture.Home;

    private protected override SftpStore Connect(string? root, bool inTwoSteps = false) => Connect(root, fixture.Server.Fingerprint, fixture.Server.PrivateKey);

    [Fact]
    public async Task A_file_is_replaced_at_once()
    {
        await Store.Upload("a.txt", "one"u8.ToArray());
        await Store.Upload("a.txt", "two"u8.ToArray(), replace: true);
        Assert.Equal("two", await Store.Text("/a.txt"));
        Assert.Equal(["/a.txt"], await Store.List(new { }));
    }

    [Fact]
    public async Task The_key_of_the_host_is_shown_and_nothing_is_sent_before_it_is_confirmed()
    {
        await using var unconfirmed = Connect(Folder, null, fixture.Server.PrivateKey);
        var failure = (await unconfirmed.Probe()).Failure!;
        Assert.Equal(FailureKind.InvalidInput, failure.Kind);
        Assert.Contains("SHA256:", failure.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_key_of_the_host_is_rejected()
    {
        await using var other = Connect(Folder, $"SHA256:{new string('A', 43)}", fixture.Server.PrivateKey);
        Assert.Equal(FailureKind.ReauthRequired, (await other.Probe()).Failure!.Kind);
    }

    [Fact]
    public async Task A_rejected_key_is_tried_once()
    {
        await using var other = Connect(Folder, fixture.Server.Fingerprint, fixture.Server.OtherKey);
        Assert.Equal((FailureKind.ReauthRequired, true), (await other.Fails("list-files", new { })) is var first ? (first.Kind, first.Attempted) : default);
        Assert.False((await other.Fails("list-files", new { })).Attempted);
    }

    [Fact]
    public async Task A_device_is_not_read()
    {
        await using var devices = Connect("/dev", fixture.Server.Fingerprint, fixture.Server.PrivateKey);
        var failed = await devices.Fails("fetch-file", new { id = "/zero" });
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
    }

    [Fact]
    public async Task A_file_that_changes_while_it_is_read_is_not_stored()
    {
        var path = Path.Combine(Folder, "a.txt");
        await File.WriteAllBytesAsync(path, new byte[100_000]);
        Store.Files.Writing = () => File.AppendAllText(path, "more");
        var failed = await Store.Fails("fetch-file", new { id = "/a.txt" });
        Assert.Equal((FailureKind.Unavailable, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Contains("changed while it was read", failed.Message, StringComparison.Ordinal);
        Assert.Empty(Store.Files.Stored);
    }

    [Fact]
    public async Task A_file_that_is_larger_than_all_else_that_a_server_may_send_is_fetched()
    {
        const int Size = 70 * 1024 * 1024;
        await using (var large = File.Create(Path.Combine(Folder, "large.bin"))) large.SetLength(Size);
        Assert.Equal(Size, (await Store.Fetch("/large.bin")).Length);
    }

    private SftpStore Connect(string? root, string? fingerprint, string key) => new(
        new { host = SshServer.Host, port = fixture.Server.Port, root, hostKeyFingerprint = fingerprint },
        new { username = SshServer.User, privateKey = key });
}
