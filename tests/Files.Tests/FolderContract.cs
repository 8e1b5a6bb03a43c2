using Connections.Connectors.Files;
using Files.Tests.Harness;

namespace Files.Tests;

/// <summary>Several hosts use one folder, and notice when one of them has another.</summary>
public abstract class FolderContract(FileDatabase database) : FileContract(database)
{
    [Fact]
    public async Task A_file_of_one_host_is_read_and_deleted_on_another()
    {
        var file = await Put([1, 2]);
        var other = await Another();
        Assert.Null(await other.Identity.Problem(default));
        Assert.Equal([1, 2], await Read(other, file.Id));
        await other.Store.Delete(Workspace, file.Id, default);
        await Rejects("file.not-found", () => Read(file.Id));
    }

    [Theory]
    [InlineData("empty", "its folder is not there")]
    [InlineData("of another deployment", "its folder is not the one of the other hosts")]
    [InlineData("missing", "its folder is not there")]
    public async Task A_host_that_has_another_folder_says_so_and_stores_nothing(string other, string problem)
    {
        var folder = Path.Combine(Root, "local");
        if (other != "missing") Directory.CreateDirectory(folder);
        if (other == "of another deployment")
            await File.WriteAllTextAsync(Path.Combine(folder, "store-id"), Guid.NewGuid().ToString(), TestContext.Current.CancellationToken);
        var file = await Put([1]);
        var host = await Another(folder);
        Assert.Equal(problem, await host.Identity.Problem(default));
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => Read(host, file.Id));
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => host.Store.Create(Workspace, new NewFile("a", null), default));
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => host.Store.Delete(Workspace, file.Id, default));
        Assert.Contains(problem, host.Logs.Text, StringComparison.Ordinal);
        await host.Sweep.Run(Clock.GetUtcNow() + TimeSpan.FromDays(9), TimeSpan.Zero, default);
        Assert.Equal([1], await Read(file.Id));
    }

    [Fact]
    public async Task A_folder_that_goes_away_and_comes_back_is_noticed_at_once()
    {
        var file = await Put([1]);
        Directory.Move(Folder, $"{Folder}.away");
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => Read(file.Id));
        await Assert.ThrowsAsync<FileStoreUnavailableException>(() => Put([2]));
        Assert.False(Directory.Exists(Folder));
        Directory.Move($"{Folder}.away", Folder);
        Assert.Equal([1], await Read(file.Id));
    }

    [Fact]
    public async Task A_lost_folder_is_accepted_once_the_operator_gives_it_the_identity_that_the_log_names()
    {
        var file = await Put([1]);
        Directory.Delete(Folder, recursive: true);
        var host = await Another();
        Assert.NotNull(await host.Identity.Problem(default));
        var id = System.Text.RegularExpressions.Regex.Match(host.Logs.Text, "create the file store-id in it with the text ([0-9a-f-]{36})").Groups[1].Value;
        Directory.CreateDirectory(Folder);
        await File.WriteAllTextAsync(Path.Combine(Folder, "store-id"), id, TestContext.Current.CancellationToken);
        Assert.Null(await host.Identity.Problem(default));
        await Rejects("file.unreadable", () => Read(host, file.Id));
        Assert.Equal([2], await Read(host, (await host.Store.Write(Workspace, new NewFile("b", null), new MemoryStream([2]), default)).Id));
    }

    [Fact]
    public async Task A_service_of_one_process_creates_a_lost_folder_anew()
    {
        var file = await Put([1]);
        Directory.Delete(Folder, recursive: true);
        var host = await Another(own: true);
        Assert.Null(await host.Identity.Problem(default));
        await Rejects("file.unreadable", () => Read(host, file.Id));
        Assert.Contains("Files that were in the earlier one are lost", host.Logs.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_of_one_process_removes_the_uploads_of_its_last_run_when_it_starts()
    {
        var file = await Put([1]);
        await File.WriteAllBytesAsync(Path.Combine(Folder, "parts", Guid.NewGuid().ToString()), [9], TestContext.Current.CancellationToken);
        await Another(own: true);
        Assert.Equal([PathOf(file.Id)], Stored());
    }

    [Fact]
    public async Task Without_a_folder_there_is_no_file_store()
    {
        var host = await Another(folder: "");
        Assert.Null(await host.Identity.Problem(default));
        await Rejects("file.not-configured", () => host.Store.Create(Workspace, new NewFile("a", null), default));
        await Rejects("file.not-configured", () => host.Store.Get(Workspace, Guid.NewGuid(), default));
        await host.Sweep.Run(Clock.GetUtcNow(), TimeSpan.Zero, default);
    }

    [Fact]
    public async Task Only_the_user_of_the_service_can_read_the_folder()
    {
        if (OperatingSystem.IsWindows()) return;
        var file = await Put([1]);
        const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        Assert.Equal(OwnerFile, File.GetUnixFileMode(PathOf(file.Id)));
        foreach (var folder in Directory.GetDirectories(Folder, "*", SearchOption.AllDirectories).Append(Folder))
            Assert.Equal(OwnerFile | UnixFileMode.UserExecute, File.GetUnixFileMode(folder));
    }

    [Fact]
    public async Task Bytes_without_a_record_are_removed_after_an_hour_and_others_stay()
    {
        var kept = await Put([1, 2, 3]);
        var (orphan, fresh, part) = (PathOf(Guid.NewGuid()), PathOf(Guid.NewGuid()), Path.Combine(Folder, "parts", Guid.NewGuid().ToString()));
        foreach (var path in (string[])[orphan, fresh, part])
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            await File.WriteAllBytesAsync(path, [9], TestContext.Current.CancellationToken);
        }

        foreach (var path in (string[])[orphan, part, PathOf(kept.Id)]) File.SetLastWriteTimeUtc(path, Clock.GetUtcNow().UtcDateTime.AddMinutes(-61));
        await Host.Sweep.Run(Clock.GetUtcNow(), TimeSpan.FromDays(3), default);
        Assert.Contains(orphan, Stored());
        Clock.Advance(TimeSpan.FromHours(1));
        File.SetLastWriteTimeUtc(fresh, Clock.GetUtcNow().UtcDateTime);
        await Host.Sweep.Run(Clock.GetUtcNow(), TimeSpan.FromDays(3), default);
        Assert.Equal(new[] { PathOf(kept.Id), fresh }.Order(), Stored().Order());
        Assert.Equal([1, 2, 3], await Read(kept.Id));
    }
}
