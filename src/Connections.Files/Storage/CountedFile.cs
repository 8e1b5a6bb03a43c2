using Connections.Connectors.Files;
using Connections.Connectors.Guard;

namespace Connections.Files.Storage;

/// <summary>A file that is open within <see cref="DescriptorBudget.Files"/>.</summary>
internal sealed class CountedFile : FileStream
{
    private int held;

    // A stream that could not be opened is finalized too, and must not be given back twice.
    private CountedFile(string path, FileStreamOptions options)
        : base(path, options) => held = 1;

    /// <exception cref="FileStoreUnavailableException">Too many files are open.</exception>
    public static FileStream Open(string path, FileStreamOptions options)
    {
        Take();
        try
        {
            return new CountedFile(path, options);
        }
        catch
        {
            DescriptorBudget.Files.GiveBack(1);
            throw;
        }
    }

    /// <summary>Counts one more open file, to be given back to <see cref="DescriptorBudget.Files"/>.</summary>
    /// <exception cref="FileStoreUnavailableException">Too many files are open.</exception>
    public static void Take()
    {
        if (!DescriptorBudget.Files.TryTake(1))
            throw new FileStoreUnavailableException(
                "Too many files are uploaded and downloaded at once for the limit of open files of this process.");
    }

    protected override void Dispose(bool disposing)
    {
        base.Dispose(disposing);
        Free();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        Free();
    }

    private void Free()
    {
        if (Interlocked.Exchange(ref held, 0) == 1) DescriptorBudget.Files.GiveBack(1);
    }
}
