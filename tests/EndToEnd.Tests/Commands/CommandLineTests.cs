namespace EndToEnd.Tests.Commands;

/// <summary>Invalid commands change nothing and name the valid ones.</summary>
public sealed class CommandLineTests
{
    private static readonly Dictionary<string, string> Nothing = [];

    private static readonly string[] Commands =
        ["keys", "migrate", "rebuild", "ledger", "error-queue", "ring"];

    [Theory]
    [InlineData("Connections.Api")]
    [InlineData("Standalone")]
    public async Task Help_lists_every_command_and_needs_no_configuration(string host)
    {
        var (code, output) = await CommandRun.By(host, Nothing, "--help");
        Assert.Equal(0, code);
        foreach (var command in Commands) Assert.Contains($"\n  {command} ", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_process_with_invalid_arguments_ends_with_exit_code_2()
    {
        var (code, output) = await CommandRun.AsProcess("Connections.Api", Nothing, "frobnicate");
        Assert.Equal(2, code);
        Assert.Contains("Unexpected argument: frobnicate.", output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("frobnicate", "Unexpected argument: frobnicate.")]
    [InlineData("ring", "A command is missing after ring: rotate.")]
    [InlineData("ring turn", "Unexpected argument: turn.")]
    [InlineData("migrate now", "Unexpected argument: now.")]
    [InlineData("migrate --force", "Unexpected argument: --force.")]
    [InlineData("keys create --name", "'--name'")]
    [InlineData("rebuild", "'rebuild'")]
    [InlineData("rebuild everything", "\"everything\" is not a read model")]
    [InlineData("rebuild ledger", "cannot be rebuilt")]
    [InlineData("error-queue retry", "'retry'")]
    [InlineData("error-queue list amq.direct", "not a queue of the service")]
    public async Task Invalid_arguments_are_named_and_give_exit_code_2(string words, string expected)
    {
        var (code, output) = await CommandRun.By("Connections.Api", Nothing, words.Split(' '));
        Assert.Equal(2, code);
        Assert.Contains(expected, output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Connections.Api")]
    [InlineData("Connections.Worker")]
    [InlineData("Activities.Worker")]
    [InlineData("Standalone")]
    public async Task Each_host_prints_its_version_and_needs_no_configuration(string host)
    {
        var (code, output) = await CommandRun.AsProcess(host, Nothing, "--version");
        Assert.Equal(0, code);
        Assert.Matches(@"^\d+\.\d+\.\d+", output);
    }

    [Fact]
    public async Task The_ledger_of_a_new_folder_is_empty()
    {
        using var folder = new Harness.DataFolder();
        var (code, output) = await CommandRun.AsProcess("Standalone", Nothing, "ledger", "--data", folder.Path);
        Assert.Equal((0, true), (code, output.Contains("all: accepted 0, ended 0, open 0", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_key_with_invalid_properties_is_not_created()
    {
        using var folder = new Harness.DataFolder();
        var (code, output) = await CommandRun.By(
            "Standalone", Nothing, "keys", "create", "--role", "king", "--name", "x", "--data", folder.Path);
        Assert.Equal(2, code);
        Assert.Contains("--role", output, StringComparison.Ordinal);
    }
}
