using Microsoft.Extensions.Configuration;

namespace Connections.Hosting;

/// <summary>Which stores and which bus a host runs on, and where embedded ones lie.</summary>
/// <param name="DataFolder">Null in hosts that may not use embedded stores.</param>
public sealed record ServiceSettings(string EventLog, string Sql, string Bus, string? DataFolder)
{
    public const string EventStoreDb = "eventstoredb";
    public const string PostgreSql = "postgresql";

    private const string Sqlite = "sqlite";
    private const string Memory = "memory";
    private const string RabbitMq = "rabbitmq";

    public static bool OnRabbitMq(IConfiguration configuration) => configuration["Bus:Transport"] == RabbitMq;

    /// <summary>For the one process that has everything in it: embedded unless configured otherwise.</summary>
    public static ServiceSettings Embedded(IConfiguration configuration) => new ServiceSettings(
        configuration["EventLog:Store"] ?? Sqlite,
        configuration["Sql:Provider"] ?? Sqlite,
        configuration["Bus:Transport"] ?? Memory,
        Path.GetFullPath(configuration["data"] ?? ".data")).Checked();

    /// <summary>For hosts of which several run: what is embedded in one process cannot be shared by them.</summary>
    /// <exception cref="HostSettingsException">An embedded store or bus is configured.</exception>
    public static ServiceSettings Shared(IConfiguration configuration, string host)
    {
        var settings = new ServiceSettings(
            configuration["EventLog:Store"] ?? Sqlite, configuration["Sql:Provider"] ?? Sqlite, configuration["Bus:Transport"] ?? Memory, null);
        var embedded = new[]
        {
            settings.EventLog == Sqlite ? "EventLog:Store=sqlite" : null,
            settings.Sql == Sqlite ? "Sql:Provider=sqlite" : null,
            settings.Bus == Memory ? "Bus:Transport=memory" : null
        }.OfType<string>().ToArray();
        return embedded.Length == 0
            ? settings.Checked()
            : throw new HostSettingsException(
                $"{host} runs beside other processes and cannot use {string.Join(", ", embedded)}. " +
                "Configure EventLog:Store=eventstoredb, Sql:Provider=postgresql and Bus:Transport=rabbitmq, or run Standalone.");
    }

    private ServiceSettings Checked()
    {
        Among("EventLog:Store", EventLog, Sqlite, EventStoreDb);
        Among("Sql:Provider", Sql, Sqlite, PostgreSql);
        Among("Bus:Transport", Bus, Memory, RabbitMq);
        return this;
    }

    private static void Among(string key, string value, params string[] known)
    {
        if (!known.Contains(value))
            throw new HostSettingsException($"{key}={value} is not supported by this version, which knows: {string.Join(", ", known)}.");
    }
}

/// <summary>The host cannot run as it is configured; the message says what to change.</summary>
public sealed class HostSettingsException(string message) : Exception(message);
