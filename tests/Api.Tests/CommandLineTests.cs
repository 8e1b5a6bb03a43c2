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
    [InlineData("--Http:RequestPerSecond 5", "There is no setting --Http:RequestPerSecond. The settings of Http are Http:OpenRequestsPerKey, Http:PublicUrl, Http:RequestsPerSecond.")]
    [InlineData("--data /d ledger", "Unexpected argument: ledger.")]
    [InlineData("-x", "Unexpected argument: -x.")]
    [InlineData("rebuild", "'rebuild'")]
    [InlineData("rebuild everything", "\"everything\" is not a read model")]
    [InlineData("rebuild ledger", "cannot be rebuilt")]
    [InlineData("error-queue retry", "'retry'")]
    [InlineData("error-queue drop --all", "'drop'")]
    [InlineData("error-queue drop run-activity --position two", "'two'")]
    [InlineData("error-queue drop nonsense --all", "\"nonsense\" is not a queue of the service")]
    [InlineData("keys", "A command is missing after keys: create or list or delete.")]
    [InlineData("keys delete", "'delete'")]
    [InlineData("keys delete nonsense", "'nonsense'")]
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
    [InlineData("error-queue drop run-activity --all", "")]
    [InlineData("error-queue drop run-activity --position 3", "")]
    [InlineData("keys list --workspace another --data /d", "--data=/d")]
    [InlineData("keys delete 0880a6da-4ce3-4b99-8829-830945ad2e68", "")]
    public void Settings_are_passed_to_the_configuration(string arguments, string settings)
    {
        var line = CommandLine.Read(arguments.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(settings, string.Join(' ', line.Settings));
        Assert.False(line.Help());
    }

    [Theory]
    [InlineData("--help", "error-queue", "keys", "ledger", "migrate", "rebuild", "ring", "Settings may follow")]
    [InlineData("keys --help", "create", "list", "delete")]
    [InlineData("keys create --help", "--name", "--role", "--workspace", "--expires", "--operator")]
    [InlineData("keys list --help", "--workspace")]
    [InlineData("keys delete -h", "<id>")]
    [InlineData("error-queue --help", "list", "retry", "drop")]
    [InlineData("error-queue drop --help", "<queue>", "--id", "--position", "--all")]
    [InlineData("error-queue retry -?", "<queue>", "--id", "--position")]
    [InlineData("ring rotate --help", "--key-file")]
    [InlineData("rebuild --help", "<")]
    public void Help_of_a_command_names_its_arguments_and_options(string arguments, params string[] expected)
    {
        var line = CommandLine.Read(arguments.Split(' '));
        using var output = new StringWriter();
        Assert.True(line.Help(output));
        Assert.All(expected, text => Assert.Contains(text, output.ToString(), StringComparison.Ordinal));
    }
}
