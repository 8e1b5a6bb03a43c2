using System.Net;
using System.Net.Sockets;
using Connections.Connectors.Guard;

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

    /// <summary>Answers are held back until it ends.</summary>
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
            Asked.Add(host);
            if (!answers.TryGetValue(host, out var queue)) throw new SocketException((int)SocketError.HostNotFound);
            return queue.Count > 1 ? queue.Dequeue() : queue.Peek();
        }
    }
}
