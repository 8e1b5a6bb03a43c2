using Connections.Connectors;
using Connections.Credentials;
using Connections.Domain;
using Connections.ReadModels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Connections.Operations;

public static class OperationsRegistration
{
    /// <summary>What commands do, whichever door they come in by.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(s => s.ServiceType == typeof(ClaimKeeper))) return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddConnectors(configuration);
        services.AddSingleton<ConnectionStreams>();
        services.AddSingleton<ActivityStreams>();
        services.AddSingleton<ClaimStreams>();
        services.AddSingleton<TokenStreams>();
        services.AddSingleton<Courtesy>();
        services.AddSingleton<ClaimKeeper>();
        services.AddSingleton<Fingerprints>();
        services.AddSingleton<ConnectionForms>();
        services.AddSingleton<ConnectionProbe>();
        services.AddSingleton<Refusals>();
        services.AddSingleton<CreateConnections>();
        services.AddSingleton<TestConnections>();
        services.AddSingleton<IGrantProvider, GrantProvider>();
        services.AddSingleton<IGrantLives, GrantLives>();
        services.AddSingleton<GrantWarnings>();
        services.AddSingleton<RenewGrants>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<SignInConnectors>();
        services.AddSingleton<SignInStates>();
        services.AddSingleton<StartSignIns>();
        services.AddSingleton<SignInAttempts>();
        services.AddSingleton<StoppedSignIns>();
        services.AddSingleton<ConcludeSignIns>();
        services.AddSingleton<SeenSignIns>();
        services.AddSingleton<FinishSignIns>();
        services.AddSingleton<AdoptGrants>();
        services.AddSingleton<ChangeConnections>();
        services.AddSingleton<ConnectionQueries>();
        services.AddSingleton<GrantQueries>();
        services.AddSingleton<ActivityQueries>();
        services.AddSingleton<WaitQueries>();
        services.AddSingleton<DueWaits>();
        services.AddSingleton<ConnectionDirectory>();
        services.AddSingleton<ActivitySeals>();
        services.AddSingleton<ActivityRequests>();
        services.AddSingleton<RequestActivities>();
        services.AddSingleton<ActivityMessages>();
        services.AddSingleton<ConnectionMessages>();
        return services;
    }
}
