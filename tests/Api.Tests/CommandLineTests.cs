using Connections.Commands;
using Connections.Hosting;

namespace Api.Tests;

public sealed class CommandLineTests
{
    [Theory]
    [InlineData("frobnicate", "Unexpected argument: frobnicate.")]
    [InlineData("ring", "A command is missing after ring: rotate.")]
    [InlineData("ring turn", "Unexpected argument: turn.")]
    [InlineData("migrate now", "Unexpected argument: now.")]
    [InlineData("migrate --force", "Unexpected argument: --force.")]
    [InlineData("keys create --name", "'--name'")]
    [InlineData("keys create --Sql:Connection", "The setting --Sql:Connection needs a value.")]
    [InlineData("ledger --data --urls http://x", "The setting --data needs a value.")]
    [InlineData("ledger --Sql:Conection=x", "There is no setting --Sql:Conection. The settings of Sql are Sql:Connection,")]
    [InlineData("--bogus --data /d", "There is no setting --bogus.")]
    [InlineData("--data", "The setting --data needs a value.")]
    [InlineData("--data --urls http://x", "The setting --data needs a value.")]
    [InlineData("--Http:RequestPerSecond 5", "There is no setting --Http:RequestPerSecond. The settings of Http are Http:PublicUrl, Http:RequestsPerSecond.")]
    [InlineData("--data /d ledger", "Unexpected argument: ledger.")]
    [InlineData("-x", "Unexpected argument: -x.")]
    [InlineData("rebuild", "'rebuild'")]
    [InlineData("rebuild everything", "\"everything\" is not a read model")]
    [InlineData("rebuild ledger", "cannot be rebuilt")]
    [InlineData("error-queue retry", "'retry'")]
    [InlineData("error-queue list amq.direct", "\"amq.direct\" is not a queue of the service")]
    public void Invalid_arguments_are_named_in_one_line_and_give_exit_code_2(string arguments, string expected)
    {
        var invalid = Assert.Throws<CommandException>(() => CommandLine.Read(arguments.Split(' ')));
        Assert.Equal(2, invalid.ExitCode);
        Assert.Contains(expected, invalid.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', invalid.Message);
    }

    [Theory]
    [InlineData("", "")]
    [InlineData("--data /d --urls http://x", "--data /d --urls http://x")]
    [InlineData("--Sql:Connection=a=b", "--Sql:Connection=a=b")]
    [InlineData("migrate --data /d --Sql:Connection=a=b", "--data=/d --Sql:Connection=a=b")]
    [InlineData("rebuild grants --urls http://x", "--urls=http://x")]
    [InlineData("keys create --expires 2027-01-31T00:00:00Z --role viewer --name x", "")]
    [InlineData("error-queue retry run-activity --id 1", "")]
    [InlineData("error-queue list", "")]
    public void Settings_are_passed_to_the_configuration(string arguments, string settings)
    {
        var line = CommandLine.Read(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(settings, string.Join(' ', line.Settings));
        Assert.False(line.Help());
    }
}
