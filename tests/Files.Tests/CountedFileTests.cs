using Connections.Connectors.Guard;
using Connections.Files.Storage;

namespace Files.Tests;

public sealed class CountedFileTests
{
    // Other tests open some files at the same time.
    private const int Others = 200;

    [Fact]
    public void A_file_that_cannot_be_opened_is_given_back_once()
    {
        var before = DescriptorBudget.Files.Open;
        for (var i = 0; i < 10 * Others; i++)
            Assert.Throws<FileNotFoundException>(() => CountedFile.Open("/no-such-file", new FileStreamOptions()));
        GC.Collect();
        GC.WaitForPendingFinalizers();
        Assert.InRange(DescriptorBudget.Files.Open - before, -Others, Others);
    }
}
