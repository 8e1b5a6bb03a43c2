using Microsoft.Extensions.Configuration;

namespace Connections.Hosting;

/// <summary>The stores and the bus that a host uses, and the folder of embedded stores.</summary>
/// <param name="DataFolder">Null in hosts that cannot use embedded stores.</param>
public sealed record ServiceSettings(string EventLog, string Sql, string Bus, string? DataFolder)
{
    public const string EventStoreDb = "eventstoredb";
    public const string PostgreSql = "postgresql";

    private const string Sqlite = "sqlite";
    private const string Memory = "memory";
    private const string RabbitMq = "rabbitmq";

    public static bool OnRabbitMq(IConfiguration configuration) => configuration["Bus:Transport"] == RabbitMq;

    /// <summary>Settings of a single process that contains everything. Stores are embedded unless configured otherwise.</summary>
    public static ServiceSettings Embedded(IConfiguration configuration) => new ServiceSettings(
        configuration["EventLog:Store"] ?? Sqlite,
        configuration["Sql:Provider"] ?? Sqlite,
        configuration["Bus:Transport"] ?? Memory,
        Path.GetFullPath(configuration["data"] ?? ".data")).Checked();

    /// <summary>Settings of a host that runs beside others. Processes cannot share embedded stores.</summary>
    /// <exception cref="HostSettingsException">An embedded store or bus, or a folder of files, is configured.</exception>
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
        if (embedded.Length > 0)
            throw new HostSettingsException(
                $"{host} runs beside other processes and cannot use {string.Join(", ", embedded)}. " +
                "Configure EventLog:Store=eventstoredb, Sql:Provider=postgresql and Bus:Transport=rabbitmq, or run Standalone.");
        return configuration["Files:Folder"] is not { Length: > 0 }
            ? settings.Checked()
            : throw new HostSettingsException(
                $"{host} runs beside other processes and cannot keep files in Files:Folder. " +
                "Remove it and configure a bucket (Files:Bucket:Name), or run Standalone.");
    }

    private ServiceSettings Checked()
    {
        RequireOneOf("EventLog:Store", EventLog, Sqlite, EventStoreDb);
        RequireOneOf("Sql:Provider", Sql, Sqlite, PostgreSql);
        RequireOneOf("Bus:Transport", Bus, Memory, RabbitMq);
        return this;
    }

    private static void RequireOneOf(string key, string value, params string[] supported)
    {
        if (!supported.Contains(value))
            throw new HostSettingsException($"{key}={value} is not supported. This version supports: {string.Join(", ", supported)}.");
    }
}

/// <summary>The host cannot run with its configuration. The message says what to change.</summary>
public sealed class HostSettingsException(string message) : Exception(message);
