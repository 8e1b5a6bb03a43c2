using System.Net.Sockets;
using System.Text.Json;
using Connections.Hosting;
using EventSourcing.EventStoreDb;
using EventSourcing.Sql;
using Microsoft.Data.Sqlite;
using Npgsql;

namespace Hosts.Tests;

/// <summary>Distinguishes faults of a store or the broker from faults of the request.</summary>
public sealed class StoresUnavailableTests
{
    public static TheoryData<Exception> Passing =>
    [
        new EventStoreDbUnreachableException("It does not answer."),
        new PostgresUnreachableException("db", new IOException()),
        new PostgresException("The server is going down.", "FATAL", "FATAL", PostgresErrorCodes.AdminShutdown),
        new NpgsqlException("The line broke.", new IOException()),
        new TimeoutException(),
        new SocketException(),
        new AggregateException(new InvalidOperationException("The call failed.", new TimeoutException()))
    ];

    public static TheoryData<Exception> Staying =>
    [
        new InvalidOperationException("An append is larger than the server takes."),
        new JsonException(),
        new PostgresException("A text holds a zero.", "ERROR", "ERROR", PostgresErrorCodes.CharacterNotInRepertoire),
        new OverflowException()
    ];

    [Theory]
    [InlineData(10, true)] // I/O error
    [InlineData(13, true)] // full
    [InlineData(8, true)] // read-only
    [InlineData(5, true)] // busy
    [InlineData(14, true)] // cannot open
    [InlineData(11, false)] // corrupt
    [InlineData(19, false)] // constraint
    [InlineData(1, false)] // error in the statement
    public void A_fault_of_the_disk_lets_a_request_be_tried_again(int code, bool passes)
    {
        var fault = new SqliteException("It failed.", code);
        Assert.Equal(passes, StoreFaults.AreUnavailable(fault));
    }

    [Theory]
    [InlineData(13, true)]
    [InlineData(8, true)]
    [InlineData(14, true)]
    [InlineData(11, false)]
    [InlineData(26, false)] // not a database
    public void A_file_that_cannot_be_written_now_lets_a_request_be_tried_again(int code, bool passes) => Assert.Equal(
        passes, StoreFaults.AreUnavailable(SqliteFileException.From(new SqliteException("It failed.", code), "vault.db")));

    [Theory]
    [MemberData(nameof(Passing))]
    public void Temporary_faults_are_recognized(Exception fault) => Assert.True(StoreFaults.OrBrokerAreUnavailable(fault));

    [Theory]
    [MemberData(nameof(Staying))]
    public void Permanent_faults_are_recognized(Exception fault) => Assert.False(StoreFaults.OrBrokerAreUnavailable(fault));
}
