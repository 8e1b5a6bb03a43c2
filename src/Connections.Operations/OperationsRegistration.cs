using Connections.Connectors;
using Connections.Credentials.Tokens;
using Connections.Domain;
using Connections.Domain.Token;
using Connections.Files;
using Connections.Operations.Activities;
using Connections.Operations.Claims;
using Connections.Operations.Connections;
using Connections.Operations.Grants;
using Connections.Operations.SignIns;
using Connections.ReadModels.Activities;
using Connections.ReadModels.Connections;
using Connections.ReadModels.Grants;
using Connections.ReadModels.Waits;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;

namespace Connections.Operations;

public static class OperationsRegistration
{
    /// <summary>Registers the operations behind the commands of HTTP and bus.</summary>
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration)
    {
        if (services.Any(s => s.ServiceType == typeof(ClaimKeeper))) return services;
        services.TryAddSingleton(TimeProvider.System);
        services.AddConnectors(configuration);
        services.AddFileStore();
        services.AddSingleton<ConnectionStreams>();
        services.AddSingleton<ActivityStreams>();
        services.AddSingleton<ClaimStreams>();
        services.AddSingleton<TokenStreams>();
        services.AddSingleton<ClaimGracePeriod>();
        services.AddSingleton<ClaimKeeper>();
        services.AddSingleton<Fingerprints>();
        services.AddSingleton<ConnectionForms>();
        services.AddSingleton<ConnectionProbe>();
        services.AddSingleton<ProbeRejections>();
        services.AddSingleton<CreateConnections>();
        services.AddSingleton<TestConnections>();
        services.AddSingleton<IGrantProvider, GrantProvider>();
        services.AddSingleton<IGrantLifetimes, GrantLifetimes>();
        services.AddSingleton<GrantWarnings>();
        services.AddSingleton<RenewGrants>();
        services.AddSingleton<AccessTokens>();
        services.AddSingleton<SignInConnectors>();
        services.AddSingleton<SignInStates>();
        services.AddSingleton<SignInStarter>();
        services.AddSingleton<SignInAttempts>();
        services.AddSingleton<FailedSignIns>();
        services.AddSingleton<SignInCompletion>();
        services.AddSingleton<RepeatedSignIns>();
        services.AddSingleton<SignInCallback>();
        services.AddSingleton<AdoptGrants>();
        services.AddSingleton<ChangeConnections>();
        services.AddSingleton<ConnectionQueries>();
        services.AddSingleton<GrantQueries>();
        services.AddSingleton<ActivityQueries>();
        services.AddSingleton<WaitQueries>();
        services.AddSingleton<DueWaits>();
        services.AddSingleton<ConnectionDirectory>();
        services.AddSingleton<ActivitySeals>();
        services.AddSingleton<ActivityRequestFactory>();
        services.AddSingleton<ActivityService>();
        services.AddSingleton<ActivityMessages>();
        services.AddSingleton<ConnectionMessages>();
        return services;
    }
}
