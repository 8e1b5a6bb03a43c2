using System.Security.Cryptography;
using Connections.Connectors;
using Connections.Connectors.Files;
using Connections.Domain;
using Connectors.Tests.Transfers;

namespace Connectors.Tests.Sftp;

/// <summary>Uploads to a real SFTP server that break, are lost or are refused.</summary>
public abstract class SftpUploadContract : SftpServerContract
{
    private const int Megabyte = 1024 * 1024;
    private const UnixFileMode AnyUser = (UnixFileMode)438;

    private string Temporary => Path.Combine(Folder, $".{Store.Activity:n}.part");

    private string Target => Path.Combine(Folder, "a.bin");

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_upload_goes_on_where_it_broke(bool storeIsAway)
    {
        var content = RandomNumberGenerator.GetBytes(24 * Megabyte);
        var upload = await Upload(content, replace: true);
        var stage = new StageInMemory();
        (Store.Stage, Store.Files.BreaksOnceAt) = (stage, 20 * Megabyte);
        if (storeIsAway) Store.Files.Fault = new FileStoreUnavailableException("The file store is away.");
        await Store.Done("upload-file", upload);
        Assert.Single(stage.Progress, progress => progress!.Done == 0);
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await File.ReadAllBytesAsync(Target)));
        // As after a worker that was lost while the file got its name.
        await Store.Done("upload-file", upload);
        Assert.Equal(["/a.bin"], await Store.List(new { }));
    }

    [Fact]
    public async Task An_upload_that_breaks_leaves_nothing_temporary()
    {
        var upload = await Upload(new byte[1_000_000]);
        Store.Files.BreaksOnceAt = 500_000;
        await Store.Done("upload-file", upload); // by the second try of the same attempt
        Assert.Equal([Target], Directory.GetFileSystemEntries(Folder));
    }

    /// <param name="lostAt">The save at which the attempt learns that it was lost.</param>
    /// <param name="nextAt">The save after which the next attempt has written its file.</param>
    [Theory]
    [InlineData(1, 1)]
    [InlineData(2, 2)]
    [InlineData(2, 1)]
    public async Task A_lost_attempt_ends_and_leaves_the_file_of_the_next_attempt_alone(int lostAt, int nextAt)
    {
        var content = RandomNumberGenerator.GetBytes(24 * Megabyte);
        var next = content[..(20 * Megabyte)];
        var saves = 0;
        Store.Stage = new StageInMemory
        {
            Saving = _ =>
            {
                if (++saves == nextAt) Leave(next);
                if (saves >= lostAt) throw new AttemptLostException();
            }
        };
        var failed = await Store.Fails("upload-file", await Upload(content, replace: true));
        Assert.Equal((FailureKind.Timeout, lostAt), (failed.Kind, saves));
        Assert.Equal(SHA256.HashData(next), SHA256.HashData(await File.ReadAllBytesAsync(Temporary)));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("another file")]
    public async Task A_file_that_was_taken_away_is_not_uploaded_again(string? there)
    {
        Store.Stage = new StageInMemory();
        var upload = await Upload("abc"u8.ToArray());
        await Store.Done("upload-file", upload);
        File.Delete(Target);
        if (there is not null) await File.WriteAllTextAsync(Target, there);
        // As after a lost answer to the renaming.
        var failed = await Store.Fails("upload-file", upload);
        Assert.Equal((FailureKind.Internal, Delivered.Maybe, true), (failed.Kind, failed.Delivered, failed.Answered));
        Assert.Contains("may have been taken", failed.Message, StringComparison.Ordinal);
        Assert.Equal(there is null ? [] : [Target], Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public async Task A_file_that_was_taken_away_is_uploaded_again_if_it_may_be_replaced()
    {
        Store.Stage = new StageInMemory();
        var upload = await Upload("abc"u8.ToArray(), replace: true);
        await Store.Done("upload-file", upload);
        File.Delete(Target);
        await Store.Done("upload-file", upload);
        Assert.Equal([Target], Directory.GetFileSystemEntries(Folder));
    }

    [Theory]
    [InlineData(10)]
    [InlineData(2_000_000)]
    public async Task The_temporary_file_of_an_earlier_attempt_is_found_by_the_activity(int length)
    {
        Leave(RandomNumberGenerator.GetBytes(length));
        var content = RandomNumberGenerator.GetBytes(1_000_000);
        await Store.Done("upload-file", await Upload(content));
        Assert.Equal(SHA256.HashData(content), SHA256.HashData(await File.ReadAllBytesAsync(Target)));
        Assert.Equal([Target], Directory.GetFileSystemEntries(Folder));
    }

    [Theory]
    [InlineData("file")]
    [InlineData("folder")]
    [InlineData("link")]
    public async Task An_upload_that_cannot_get_its_name_removes_its_temporary_file(string there)
    {
        Leave("abc"u8.ToArray());
        var other = Path.Combine(Folder, "other.bin");
        await File.WriteAllTextAsync(other, "other");
        if (there == "file") File.Copy(other, Target);
        else if (there == "folder") Directory.CreateDirectory(Target);
        else File.CreateSymbolicLink(Target, other);
        var failed = await Store.Fails("upload-file", await Upload("abc"u8.ToArray()));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Equal([Target, other], Directory.GetFileSystemEntries(Folder).Order());
    }

    [Fact]
    public async Task A_folder_that_is_deleted_meanwhile_is_not_found()
    {
        var folder = Path.Combine(Folder, "sub");
        Directory.CreateDirectory(folder);
        File.SetUnixFileMode(folder, (UnixFileMode)511);
        var file = await Store.Files.Add("a.bin", new byte[Megabyte]);
        Store.Stage = new StageInMemory
        {
            Saving = progress =>
            {
                if (progress!.Done == Megabyte && Directory.Exists(folder)) Directory.Delete(folder, recursive: true);
            }
        };
        var failed = await Store.Fails("upload-file", new { folder = "/sub", name = "a.bin", file = new { id = file.Id } });
        Assert.Equal(FailureKind.NotFound, failed.Kind);
    }

    [Fact]
    public async Task A_refused_renaming_leaves_nothing_temporary()
    {
        await using var store = Connect(Folder, inTwoSteps: true);
        await File.WriteAllTextAsync(Target, "one");
        var content = "three"u8.ToArray();
        var file = await store.Files.Add("a.bin", content);
        store.Stage = new StageInMemory
        {
            // Before the renaming, another client puts a folder there.
            Saving = progress =>
            {
                if (progress!.Done < content.Length || Directory.Exists(Target)) return;
                File.Delete(Target);
                Directory.CreateDirectory(Path.Combine(Target, "full"));
            }
        };
        var failed = await store.Fails("upload-file", new { file = new { id = file.Id }, replace = true });
        Assert.Equal((Delivered.No, true), (failed.Delivered, failed.Answered));
        Assert.Equal([Target], Directory.GetFileSystemEntries(Folder));
    }

    [Fact]
    public async Task A_link_with_the_temporary_name_is_not_followed()
    {
        var outside = $"{Folder}-outside";
        await File.WriteAllTextAsync(outside, "secret");
        File.SetUnixFileMode(outside, AnyUser);
        try
        {
            File.CreateSymbolicLink(Temporary, outside);
            var failed = await Store.Fails("upload-file", await Upload("abc"u8.ToArray()));
            Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
            Assert.Equal("secret", await File.ReadAllTextAsync(outside));
            Assert.Equal([Temporary], Directory.GetFileSystemEntries(Folder));
        }
        finally
        {
            File.Delete(outside);
        }
    }

    private async Task<object> Upload(byte[] content, bool replace = false) =>
        new { file = new { id = (await Store.Files.Add("a.bin", content)).Id }, replace };

    private void Leave(byte[] content)
    {
        File.WriteAllBytes(Temporary, content);
        File.SetUnixFileMode(Temporary, AnyUser); // the sessions of a server have users of their own
    }
}
