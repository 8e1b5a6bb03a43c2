using System.Net;
using System.Net.Sockets;
using Connections.Connectors.Guard;

namespace Connectors.Tests;

public sealed class FakeResolver : IHostResolver
{
    private readonly Dictionary<string, Queue<string[]>> answers = [];

    public List<string> ResolvedHosts { get; } = [];

    /// <summary>The results in order. The last one repeats.</summary>
    public FakeResolver Answer(string host, params string[][] inTurn)
    {
        answers[host] = new Queue<string[]>(inTurn);
        return this;
    }

    /// <summary>Results are delayed until this task ends.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    public async Task<IPAddress[]> Resolve(string host, CancellationToken ct)
    {
        var now = Next(host);
        await Gate.WaitAsync(ct);
        return [.. now.Select(IPAddress.Parse)];
    }

    private string[] Next(string host)
    {
        lock (answers)
        {
            ResolvedHosts.Add(host);
            if (!answers.TryGetValue(host, out var queue)) throw new SocketException((int)SocketError.HostNotFound);
            return queue.Count > 1 ? queue.Dequeue() : queue.Peek();
        }
    }
}
