namespace Connections.Connectors.Http;

/// <summary>Clients by origin and CA certificate, shared by connections. A client is removed after ten minutes without use.</summary>
internal sealed class HttpClientPool(GuardedHandlerFactory factory, TimeProvider clock) : IDisposable
{
    // Limits how long a DNS change goes unnoticed.
    public static readonly TimeSpan ConnectionLife = TimeSpan.FromMinutes(1);

    public static readonly TimeSpan ConnectionIdle = TimeSpan.FromSeconds(5);

    private static readonly TimeSpan IdleLimit = TimeSpan.FromMinutes(10);
    private readonly Lock sync = new();
    private readonly Dictionary<(string Origin, string? Ca), Client> clients = [];
    private long swept = clock.GetTimestamp();

    public int Count
    {
        get
        {
            lock (sync) return clients.Count;
        }
    }

    public HttpMessageInvoker For(Uri address, string? ca)
    {
        var place = (HttpTarget.GetOrigin(address), ca);
        lock (sync)
        {
            Sweep();
            if (!clients.TryGetValue(place, out var client)) clients[place] = client = new Client(new HttpMessageInvoker(factory.Create(ca)));
            client.Used = clock.GetTimestamp();
            return client.Invoker;
        }
    }

    public void Dispose()
    {
        lock (sync)
        {
            foreach (var client in clients.Values) client.Invoker.Dispose();
            clients.Clear();
        }
    }

    // Disposing is safe: no call runs as long as an unused client is kept. The longest call lasts as long as an activity may.
    private void Sweep()
    {
        if (clock.GetElapsedTime(swept) < IdleLimit) return;
        swept = clock.GetTimestamp();
        foreach (var (place, client) in clients.Where(c => clock.GetElapsedTime(c.Value.Used) >= 2 * IdleLimit).ToList())
        {
            clients.Remove(place);
            client.Invoker.Dispose();
        }
    }

    private sealed class Client(HttpMessageInvoker invoker)
    {
        public HttpMessageInvoker Invoker => invoker;

        public long Used { get; set; }
    }
}
