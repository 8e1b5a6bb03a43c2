using EventSourcing;

namespace Connections.Connectors.Http;

/// <summary>Clients by origin and CA certificate, shared by connections. A client is removed after twenty minutes without use.</summary>
internal sealed class HttpClientPool(GuardedHandlerFactory factory, TimeProvider clock) : IDisposable
{
    // Limits how long a DNS change goes unnoticed.
    public static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan ConnectionIdle = TimeSpan.FromSeconds(5);

    // Disposing is safe: no call runs as long as an unused client is kept. The longest call lasts as long as an activity may.
    private readonly ExpiringMap<(string Origin, string? Ca), HttpMessageInvoker> clients = new(
        clock, TimeSpan.FromMinutes(20), expires: ExpiresAfter.LastUse, removed: client => client.Dispose());

    public int Count => clients.Count;

    public HttpMessageInvoker For(Uri address, string? ca) =>
        clients.GetOrAdd((HttpTarget.GetOrigin(address), ca), _ => new HttpMessageInvoker(factory.Create(ca)));

    public void Dispose() => clients.Clear();
}
