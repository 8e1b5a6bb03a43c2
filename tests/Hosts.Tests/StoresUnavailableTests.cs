using System.Net.Sockets;
using System.Text.Json;
using Connections.Hosting;
using EventSourcing.EventStoreDb;
using EventSourcing.Sql;
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
    [MemberData(nameof(Passing))]
    public void Temporary_faults_are_recognized(Exception fault) => Assert.True(StoreFaults.OrBrokerAreUnavailable(fault));

    [Theory]
    [MemberData(nameof(Staying))]
    public void Permanent_faults_are_recognized(Exception fault) => Assert.False(StoreFaults.OrBrokerAreUnavailable(fault));
}
