using System.Net;
using System.Net.Sockets;
using Connections.Connectors;

namespace Connectors.Tests;

public sealed class FakeResolver : IHostResolver
{
    private readonly Dictionary<string, Queue<string[]>> answers = [];

    public List<string> Asked { get; } = [];

    /// <summary>Each answer is given once, the last for ever.</summary>
    public FakeResolver Answer(string host, params string[][] inTurn)
    {
        answers[host] = new Queue<string[]>(inTurn);
        return this;
    }

    public Task<IPAddress[]> Resolve(string host, CancellationToken ct)
    {
        lock (answers)
        {
            Asked.Add(host);
            if (!answers.TryGetValue(host, out var queue)) throw new SocketException((int)SocketError.HostNotFound);
            var now = queue.Count > 1 ? queue.Dequeue() : queue.Peek();
            return Task.FromResult(now.Select(IPAddress.Parse).ToArray());
        }
    }
}
