namespace Fuzz.Tests.Harness;

/// <summary>Decodes one input, and says what the decoder did wrong.</summary>
public static class Judge
{
    /// <summary>Generous: a slow machine decodes every input in milliseconds.</summary>
    public static readonly TimeSpan Hang = TimeSpan.FromSeconds(10);

    /// <summary>Far more than any decoder may hold for an input of 64 KB.</summary>
    public const long MaxAllocated = 256L * 1024 * 1024;

    /// <returns>Null if the decoder kept its promise.</returns>
    public static async Task<string?> Problem(FuzzTarget target, byte[] input)
    {
        var before = GC.GetTotalAllocatedBytes();
        try
        {
            await Task.Run(() => target.Decode(input)).WaitAsync(Hang, TimeProvider.System);
        }
        catch (TimeoutException)
        {
            return $"took more than {Hang.TotalSeconds:0} s";
        }
        catch (Exception e)
        {
            return $"threw {e}";
        }

        var allocated = GC.GetTotalAllocatedBytes() - before;
        return allocated > MaxAllocated ? $"allocated {allocated:N0} bytes" : null;
    }
}
