using EndToEnd.Tests.Harness;

namespace EndToEnd.Tests.Commands;

/// <summary>Keys of any workspace are created, listed and deleted on the machine.</summary>
public sealed class KeyCommandTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    [Fact]
    public async Task A_key_of_another_workspace_is_listed_and_deleted()
    {
        using var folder = new DataFolder();
        await Run(folder, 0, "keys", "create", "--name", "reporting", "--role", "viewer", "--workspace", "another");
        await Run(folder, 0, "keys", "create", "--operator");
        var list = await Run(folder, 0, "keys", "list");
        Assert.Contains("viewer of workspace another \"reporting\": created ", list, StringComparison.Ordinal);
        Assert.Contains("operator of workspace default \"operator\"", list, StringComparison.Ordinal);
        Assert.Contains("expires never, last used never", list, StringComparison.Ordinal);
        Assert.Contains("Keys: 2", list, StringComparison.Ordinal);
        Assert.DoesNotContain("ck_", list, StringComparison.Ordinal);
        var one = await Run(folder, 0, "keys", "list", "--workspace", "another");
        Assert.Contains("Keys: 1", one, StringComparison.Ordinal);

        var id = one.Split('\n').Single(line => line.Contains("\"reporting\"", StringComparison.Ordinal)).Split(' ')[0];
        var deleted = await Run(folder, 0, "keys", "delete", id);
        Assert.Contains($"Deleted key {id} \"reporting\": viewer of workspace another.", deleted, StringComparison.Ordinal);
        Assert.Contains($"There is no key with the id {id}.", await Run(folder, 1, "keys", "delete", id), StringComparison.Ordinal);
        Assert.Contains("Keys: 1", await Run(folder, 0, "keys", "list"), StringComparison.Ordinal);
    }

    private static async Task<string> Run(DataFolder folder, int code, params string[] words)
    {
        var (ended, output) = await CommandRun.By("Standalone", Nothing, [.. words, "--data", folder.Path]);
        Assert.True(ended == code, $"{string.Join(' ', words)} ended with {ended}: {output}");
        return output;
    }
}
