using System.Collections.Concurrent;
using Connections.Credentials.OneTime;
using Connections.Domain;
using Microsoft.Extensions.DependencyInjection;

namespace Hosts.Tests.Harness;

/// <summary>
/// One-time secrets. On request, a command that is delivered twice at once gets its secret only after the other copy has ended.
/// </summary>
public sealed class HeldSecrets(IOneTimeSecrets inner) : IOneTimeSecrets
{
    private readonly ConcurrentDictionary<Guid, (TaskCompletionSource Ended, int[] Takes)> held = new();

    /// <summary>Replaces the registered secrets.</summary>
    public static void Watch(IServiceCollection services)
    {
        var secrets = services.Single(s => s.ServiceType == typeof(IOneTimeSecrets));
        services.Remove(secrets);
        services.AddSingleton(p => new HeldSecrets((IOneTimeSecrets)ActivatorUtilities.CreateInstance(p, secrets.ImplementationType!)));
        services.AddSingleton<IOneTimeSecrets>(p => p.GetRequiredService<HeldSecrets>());
    }

    public void HoldFirst(Guid command) => held[command] = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), [0]);

    public Task<OneTimeSecret> Put(string workspace, Secret secret, CancellationToken ct) => inner.Put(workspace, secret, ct);

    public async Task<Secret> Take(string workspace, string reference, Guid commandId, CancellationToken ct)
    {
        if (held.TryGetValue(commandId, out var other) && Interlocked.Increment(ref other.Takes[0]) == 1) await other.Ended.Task.WaitAsync(ct);
        return await inner.Take(workspace, reference, commandId, ct);
    }

    public Task RemoveAbandoned(DateTimeOffset now, CancellationToken ct) => inner.RemoveAbandoned(now, ct);

    public async Task Ended(string workspace, Guid commandId, CancellationToken ct)
    {
        await inner.Ended(workspace, commandId, ct);
        if (held.TryGetValue(commandId, out var other)) other.Ended.TrySetResult();
    }
}
