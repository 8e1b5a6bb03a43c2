using Connections.Connectors.Relays;

namespace Connections.Connectors.Ssh;

/// <summary>The single line to an SSH host.</summary>
/// <param name="afterSignIn">What the host may send after the sign-in; null for any amount, as through a tunnel.</param>
internal sealed class SshWire(ReceiveLimit? afterSignIn) : IWire
{
    /// <summary>The bytes that a host may send before the sign-in is complete: its identification, key exchange and banners.</summary>
    public const int SignInBytes = 256 * 1024;

    private readonly ReceiveLimit? afterSignIn = afterSignIn;
    private volatile bool signedIn;

    public bool SignedIn
    {
        get => signedIn;
        set => signedIn = value;
    }

    public Task<Line> Dial(CancellationToken ct) => throw new IOException("A tunnel has one connection to its SSH host.");

    public Task<(Stream Near, Stream Far)> Begin(Stream near, Line far, bool first, CancellationToken ct) =>
        Task.FromResult((near, far.Stream));

    public IWireGuard Guard() => new SshGuard(this);

    private sealed class SshGuard(SshWire wire) : IWireGuard
    {
        private long seen;

        public string? Problem { get; private set; }

        public int Accept(ReadOnlySpan<byte> part)
        {
            Problem = wire.SignedIn ? AfterSignIn(part.Length) : BeforeSignIn(part.Length);
            return Problem is null ? part.Length : 0;
        }

        private string? BeforeSignIn(int count) =>
            (seen += count) <= SignInBytes ? null : $"more than {SignInBytes / 1024} KB before the sign-in was complete";

        private string? AfterSignIn(int count) => wire.afterSignIn is { } limit && !limit.Take(count) ? limit.Problem : null;
    }
}
