using Connections.Connectors.Databases;
using Connections.Connectors.MySql;
using Connections.Connectors.Postgres;
using Connections.Connectors.SqlServer;
using Microsoft.Extensions.DependencyInjection;

namespace Connections.Connectors;

public static class DatabaseRegistration
{
    /// <summary>The connectors <c>postgres</c>, <c>mysql</c> and <c>sqlserver</c>, with their session pools.</summary>
    public static IServiceCollection AddDatabaseConnectors(this IServiceCollection services)
    {
        services.AddSingleton<DatabaseTransportFactory>();
        services.AddSingleton(typeof(SessionPools<>));
        services.AddSingleton<IDatabaseDriver<PostgresSession>, PostgresDriver>();
        services.AddSingleton<IConnector, PostgresConnector>();
        services.AddSingleton<IDatabaseDriver<MySqlSession>, MySqlDriver>();
        services.AddSingleton<IConnector, MySqlDatabaseConnector>();
        services.AddSingleton<IDatabaseDriver<SqlServerSession>, SqlServerDriver>();
        services.AddSingleton<IConnector, SqlServerConnector>();
        return services;
    }
}
