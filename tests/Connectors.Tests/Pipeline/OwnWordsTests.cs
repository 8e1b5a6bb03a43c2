using Connections.Connectors;
using Connections.Connectors.Databases;
using Connections.Connectors.MySql;
using Connections.Connectors.Postgres;
using Npgsql;

namespace Connectors.Tests.Pipeline;

/// <summary>The error of an activity quotes the database server; the reason, which goes into events, does not.</summary>
public sealed class OwnWordsTests
{
    private const string Words = "canary words of the server";
    private static readonly DatabaseSettings Settings = new("db.test", 1, "shop", "prefer", null, false);

    [Theory]
    [InlineData("28000")]
    [InlineData("42501")]
    [InlineData("53300")]
    [InlineData("57P03")]
    [InlineData("08P01")]
    [InlineData("XX000")]
    public void Postgres(string state)
    {
        var error = new PostgresException(Words, "FATAL", "FATAL", state, detail: Words, hint: Words);
        foreach (var encrypted in (bool[])[true, false]) Quotes(PostgresFailures.AtSignIn(error, Settings, "app", encrypted), state);
        Quotes(PostgresFailures.AtStatement(error), state);
    }

    [Theory]
    [InlineData(1044)]
    [InlineData(1040)]
    [InlineData(1129)]
    [InlineData(3955)]
    [InlineData(1227)]
    [InlineData(2013)]
    [InlineData(9999)]
    public void MySql(int number)
    {
        Quotes(MySqlFailures.AtSignIn(number, Words, Settings, "app", encrypted: true), $"{number}");
        Quotes(MySqlFailures.AtStatement(number, null, Words), $"{number}");
    }

    private static void Quotes(ConnectorResult.Failed failed, string code)
    {
        Assert.Contains(Words, failed.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", failed.Reason, StringComparison.Ordinal);
        Assert.Contains(code, failed.Reason, StringComparison.Ordinal);
    }
}
