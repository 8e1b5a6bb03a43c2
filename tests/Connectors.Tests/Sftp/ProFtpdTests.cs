using Connections.Domain;
using TestServers;

namespace Connectors.Tests.Sftp;

public sealed class ProFtpdFixture : IAsyncLifetime
{
    public ProFtpdServer Server { get; private set; } = null!;

    public async ValueTask InitializeAsync()
    {
        Assert.SkipUnless(ProFtpdServer.Available, "ProFTPD is not installed");
        Server = await ProFtpdServer.Create();
    }

    public async ValueTask DisposeAsync()
    {
        if (Server is not null) await Server.DisposeAsync();
    }
}

/// <summary>ProFTPD takes a password, and cannot replace a file at once.</summary>
public sealed class ProFtpdTests(ProFtpdFixture fixture) : SftpUploadContract, IClassFixture<ProFtpdFixture>
{
    protected override string Home => fixture.Server.Home;

    private protected override SftpStore Connect(string? root, bool inTwoSteps = false) => new(
        new { host = "127.0.0.1", port = fixture.Server.Port, root, hostKeyFingerprint = fixture.Server.Fingerprint, replaceInTwoSteps = inTwoSteps },
        new { username = ProFtpdServer.User, password = ProFtpdServer.Password });

    [Fact]
    public async Task A_missing_right_is_forbidden_and_leaves_nothing()
    {
        var (file, locked) = (Path.Combine(Folder, "a.txt"), Path.Combine(Folder, "locked")); // of another user
        await File.WriteAllTextAsync(file, "abc");
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Directory.CreateDirectory(locked);
        File.SetUnixFileMode(locked, UnixFileMode.UserRead | UnixFileMode.OtherRead | UnixFileMode.OtherExecute);
        Assert.Equal(FailureKind.Forbidden, (await Store.Fails("fetch-file", new { id = "/a.txt" })).Kind);
        var upload = new { folder = "/locked", name = "b.txt", file = new { name = "x", base64 = "YQ==" } };
        Assert.Equal(FailureKind.Forbidden, (await Store.Fails("upload-file", upload)).Kind);
        Assert.Empty(Directory.GetFileSystemEntries(locked));
    }

    [Fact]
    public async Task A_file_is_replaced_in_two_steps_only_where_that_is_allowed()
    {
        await Store.Upload("a.txt", "one"u8.ToArray());
        var other = await Store.Files.Add("a.txt", "two"u8.ToArray());
        var failed = await Store.Fails("upload-file", new { name = "a.txt", file = new { id = other.Id }, replace = true });
        Assert.Equal(FailureKind.InvalidInput, failed.Kind);
        Assert.Contains("replaceInTwoSteps", failed.Message, StringComparison.Ordinal);
        Assert.Equal(["/a.txt"], await Store.List(new { }));
        Assert.Equal("one", await Store.Text("/a.txt"));
        await using var allowed = Connect(Folder, inTwoSteps: true);
        await allowed.Upload("a.txt", "two"u8.ToArray(), replace: true);
        Assert.Equal("two", await allowed.Text("/a.txt"));
    }
}
