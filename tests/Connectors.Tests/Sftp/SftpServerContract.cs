using System.Security.Cryptography;
using Connections.Domain;

namespace Connectors.Tests.Sftp;

/// <summary>Files on a real SFTP server.</summary>
public abstract class SftpServerContract : IAsyncLifetime
{
    private const UnixFileMode AnyUser = (UnixFileMode)511; // the sessions of a server have users of their own

    private readonly string folder = $"t{Guid.NewGuid():n}";

    /// <summary>A folder of the machine that the server's user may write to.</summary>
    protected abstract string Home { get; }

    protected string Folder => Path.Combine(Home, folder);

    private protected abstract SftpStore Connect(string? root, bool inTwoSteps = false);

    private protected SftpStore Store { get; private set; } = null!;

    public ValueTask InitializeAsync()
    {
        Directory.CreateDirectory(Folder);
        File.SetUnixFileMode(Folder, AnyUser);
        Store = Connect(Folder);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        GC.SuppressFinalize(this);
        if (Store is not null) await Store.DisposeAsync();
        if (Directory.Exists(Folder)) Directory.Delete(Folder, recursive: true);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1000)]
    [InlineData(5_000_001)]
    public async Task A_file_comes_back_as_it_was_uploaded(int size)
    {
        var content = RandomNumberGenerator.GetBytes(size);
        var id = await Store.Upload("a.bin", content);
        Assert.Equal("/a.bin", id);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(File.ReadAllBytes(Path.Combine(Folder, "a.bin"))));
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await Store.Fetch(id)));
        Assert.Equal(["/a.bin"], await Store.List(new { })); // nothing temporary stays
    }

    [Theory]
    [InlineData("a b.txt")]
    [InlineData("#%.txt")]
    [InlineData("-dash.txt")]
    [InlineData("\u202Egnp.exe")]
    [InlineData("\uD83D\uDE80 Grüße 日本.txt")]
    [InlineData("'\"<>|*?\\.txt")]
    public async Task A_name_comes_back_the_same(string name)
    {
        var id = await Store.Upload(name, "abc"u8.ToArray());
        Assert.Equal($"/{name}", id);
        Assert.Equal([id], await Store.List(new { }));
        Assert.Equal("abc", await Store.Text(id));
        await Store.Done("delete-file", new { id });
        Assert.Empty(await Store.List(new { }));
    }

    [Theory]
    [InlineData("a\0b.txt")]
    [InlineData("a\nb.txt")]
    [InlineData("a/b.txt")]
    [InlineData("../a.txt")]
    [InlineData("..")]
    [InlineData(".")]
    [InlineData("300")]
    public async Task A_name_that_cannot_be_kept_is_rejected(string name)
    {
        if (name == "300") name = new string('ü', 150);
        var failed = await Store.Fails("upload-file", new { name, file = new { name = "x", base64 = "YQ==" } });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Empty(Directory.GetFileSystemEntries(Folder));
    }

    [Theory]
    [InlineData("../x")]
    [InlineData("/a/../../x")]
    [InlineData("/./x")]
    [InlineData("/")]
    [InlineData("/a\0/x")]
    public async Task A_path_that_leads_elsewhere_is_rejected(string id)
    {
        foreach (var activity in (string[])["fetch-file", "delete-file"])
            Assert.Equal(FailureKind.InvalidInput, (await Store.Fails(activity, new { id })).Kind);
    }

    [Fact]
    public async Task A_link_out_of_the_folder_is_not_followed()
    {
        var outside = Path.Combine(Home, $"{folder}-outside");
        Directory.CreateDirectory(outside);
        await File.WriteAllTextAsync(Path.Combine(outside, "secret.txt"), "secret");
        File.CreateSymbolicLink(Path.Combine(Folder, "out"), outside);
        File.CreateSymbolicLink(Path.Combine(Folder, "file"), Path.Combine(outside, "secret.txt"));
        try
        {
            foreach (var id in (string[])["/out/secret.txt", "/file"])
            {
                Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("fetch-file", new { id })).Kind);
                Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("delete-file", new { id })).Kind);
            }

            Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("list-files", new { folder = "/out" })).Kind);
            var upload = new { folder = "/out", name = "new.txt", file = new { name = "x", base64 = "YQ==" } };
            Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("upload-file", upload)).Kind);
            var replace = new { name = "file", replace = true, file = new { name = "x", base64 = "YQ==" } };
            Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("upload-file", replace)).Kind);
            Assert.Equal(["secret"], Directory.GetFiles(outside).Select(File.ReadAllText));
        }
        finally
        {
            Directory.Delete(outside, recursive: true);
        }
    }

    [Fact]
    public async Task A_link_within_the_folder_is_read_and_not_deleted()
    {
        await File.WriteAllTextAsync(Path.Combine(Folder, "a.txt"), "abc");
        File.CreateSymbolicLink(Path.Combine(Folder, "latest"), "a.txt");
        Assert.Equal("abc", await Store.Text("/latest"));
        Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("delete-file", new { id = "/latest" })).Kind);
        Assert.True(File.Exists(Path.Combine(Folder, "a.txt")));
    }

    [Fact]
    public async Task Another_file_of_the_same_name_is_kept_unless_it_is_to_be_replaced()
    {
        await Store.Upload("a.txt", "one"u8.ToArray());
        var other = await Store.Files.Add("a.txt", "two"u8.ToArray());
        var failed = await Store.Fails("upload-file", new { name = "a.txt", file = new { id = other.Id } });
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Equal("one", await Store.Text("/a.txt"));
        Assert.Equal(["/a.txt"], await Store.List(new { }));
    }

    [Fact]
    public async Task A_folder_is_listed_page_by_page()
    {
        foreach (var name in (string[])["c", "a", "b"]) await File.WriteAllTextAsync(Path.Combine(Folder, name), name);
        Directory.CreateDirectory(Path.Combine(Folder, "d"));
        var first = await Store.Done("list-files", new { limit = 3 });
        Assert.Equal(["a", "b", "c"], first.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("name").GetString()!));
        var next = await Store.Done("list-files", new { limit = 3, cursor = first.GetProperty("next").GetString() });
        var last = Assert.Single(next.GetProperty("files").EnumerateArray());
        Assert.Equal(("/d", true), (last.GetProperty("id").GetString(), last.GetProperty("folder").GetBoolean()));
        Assert.False(next.TryGetProperty("next", out _));
    }

    [Fact]
    public async Task What_is_no_file_is_neither_fetched_nor_deleted()
    {
        Directory.CreateDirectory(Path.Combine(Folder, "d"));
        Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("fetch-file", new { id = "/d" })).Kind);
        Assert.Equal(FailureKind.InvalidInput, (await Store.Fails("delete-file", new { id = "/d" })).Kind);
        Assert.Equal(FailureKind.NotFound, (await Store.Fails("fetch-file", new { id = "/none" })).Kind);
        Assert.Equal(FailureKind.NotFound, (await Store.Fails("list-files", new { folder = "/none" })).Kind);
        Assert.Equal(FailureKind.NotFound, (await Store.Fails("upload-file", new { folder = "/none", file = new { name = "x", base64 = "YQ==" } })).Kind);
        await Store.Done("delete-file", new { id = "/none" });
    }

    [Fact]
    public async Task A_connection_test_signs_in_and_enters_the_folder()
    {
        var probed = await Store.Probe();
        Assert.Null(probed.Failure);
        Assert.Equal(["resolve", "connect", "signIn", "identify"], probed.Steps.Select(step => step.Name));
        await using var elsewhere = Connect("/no/such/folder");
        Assert.Equal(FailureKind.InvalidInput, (await elsewhere.Probe()).Failure!.Kind);
    }

    [Fact]
    public async Task Without_a_folder_the_user_is_where_the_server_says()
    {
        await using var home = Connect(null);
        Assert.Null((await home.Probe()).Failure);
    }
}
