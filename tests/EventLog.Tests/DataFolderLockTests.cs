using EventSourcing.Sql;

namespace EventLog.Tests;

public sealed class DataFolderLockTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_second_owner_is_rejected_with_the_folder_and_the_remedy()
    {
        using var first = DataFolderLock.Take(folder.Path);

        var refused = Assert.Throws<DataFolderInUseException>(() => DataFolderLock.Take(folder.Path));

        Assert.Equal(folder.Path, refused.Folder);
        Assert.Contains($"{folder.Path} is in use by another process. Stop that process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_released_folder_can_be_locked_again()
    {
        DataFolderLock.Take(folder.Path).Dispose();
        DataFolderLock.Take(folder.Path).Dispose();
    }

    [Fact]
    public void A_missing_folder_is_created()
    {
        using var held = DataFolderLock.Take(folder.File("new/data"));
        Assert.True(Directory.Exists(folder.File("new/data")));
    }
}
