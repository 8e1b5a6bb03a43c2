using EndToEnd.Tests.Commands;
using EndToEnd.Tests.Kills;

namespace EndToEnd.Tests.Hosts;

/// <summary>
/// One deployment for all tests that stop none of its hosts. Its tables were created by <c>migrate</c>, and it has one connection.
/// </summary>
public sealed class WorkingDeployment : IAsyncDisposable
{
    private readonly Lazy<Task> ready;

    public WorkingDeployment() => ready = new(Start);

    /// <summary>Starts the deployment on first use.</summary>
    internal Task Ready => ready.Value;

    internal Servers Servers { get; private set; } = null!;

    internal FakeProvider Provider { get; private set; } = null!;

    /// <summary>Two Connections.Apis, two Connections.Workers and an Activities.Worker.</summary>
    internal Deployment Hosts { get; private set; } = null!;

    internal UnrepeatableWork Work { get; private set; } = null!;

    /// <summary>The output of the first migration and of the second one.</summary>
    internal (string First, string Second) Migrations { get; private set; }

    /// <summary>The versions of the tables after the migrations, before a host started.</summary>
    internal string MigratedVersions { get; private set; } = "";

    internal async Task<string> Versions() => await Servers.Sql.Sql(
        "SELECT string_agg(part || ' ' || version, ', ' ORDER BY part) FROM schema_versions", Servers.Sql.Database) ?? "";

    public async ValueTask DisposeAsync()
    {
        Work?.Dispose();
        if (Hosts is not null) await Hosts.DisposeAsync();
        if (Provider is not null) await Provider.DisposeAsync();
        if (Servers is not null) await Servers.DisposeAsync();
    }

    private async Task Start()
    {
        Servers = await Servers.Share();
        Provider = await FakeProvider.Start();
        var first = await CommandRun.WellAsProcess(Servers.Settings, "migrate");
        MigratedVersions = await Versions();
        Migrations = (first, await CommandRun.Well(Servers.Settings, "migrate"));
        Hosts = await Deployment.Start(Servers.Settings, 2, 2, 1);
        await Hosts.Listen();
        Work = await UnrepeatableWork.Begin(Hosts, Provider);
    }
}
