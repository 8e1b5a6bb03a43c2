using Connections.Connectors.Relays;

namespace Connections.Connectors.Ssh;

/// <summary>The single line to an SSH host.</summary>
internal sealed class SshWire : IWire
{
    /// <summary>The bytes that a host may send before the sign-in is complete: its identification, key exchange and banners.</summary>
    public const int SignInBytes = 256 * 1024;

    private volatile bool signedIn;

    public bool SignedIn
    {
        get => signedIn;
        set => signedIn = value;
    }

    public Task<Line> Dial(CancellationToken ct) => throw new IOException("A tunnel has one connection to its SSH host.");

    public Task<(Stream Near, Stream Far)> Begin(Stream near, Line far, bool first, CancellationToken ct) => Task.FromResult((near, far.Stream));

    public IWireGuard Guard() => new SshGuard(this);

    private sealed class SshGuard(SshWire wire) : IWireGuard
    {
        private long seen;

        public string? Problem { get; private set; }

        public int Accept(ReadOnlySpan<byte> part)
        {
            if (wire.SignedIn || (seen += part.Length) <= SignInBytes) return part.Length;
            Problem = $"more than {SignInBytes / 1024} KB before the sign-in was complete";
            return 0;
        }
    }
}
