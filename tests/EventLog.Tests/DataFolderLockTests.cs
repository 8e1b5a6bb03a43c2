using EventSourcing.Sql;

namespace EventLog.Tests;

public sealed class DataFolderLockTests : IDisposable
{
    private readonly TemporaryFolder folder = new();

    public void Dispose() => folder.Dispose();

    [Fact]
    public void A_second_owner_is_refused_with_the_name_of_the_folder_and_what_to_do()
    {
        using var first = DataFolderLock.Take(folder.Path);

        var refused = Assert.Throws<DataFolderInUseException>(() => DataFolderLock.Take(folder.Path));

        Assert.Equal(folder.Path, refused.Folder);
        Assert.Contains($"{folder.Path} is in use by another process. Stop that process", refused.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_let_go_can_be_taken_again()
    {
        DataFolderLock.Take(folder.Path).Dispose();
        DataFolderLock.Take(folder.Path).Dispose();
    }

    [Fact]
    public void A_folder_that_is_not_there_is_made()
    {
        using var held = DataFolderLock.Take(folder.File("new/data"));
        Assert.True(Directory.Exists(folder.File("new/data")));
    }
}
