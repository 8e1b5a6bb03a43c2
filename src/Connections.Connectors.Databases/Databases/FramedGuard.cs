using Connections.Connectors.Relays;

namespace Connections.Connectors.Databases;

/// <summary>Splits what a server sends into messages, and checks each head before the message is forwarded.</summary>
internal abstract class FramedGuard(int headLength) : IWireGuard
{
    private readonly byte[] head = new byte[headLength];
    private byte[] start = [];
    private int headFilled;
    private int startFilled;
    private long rest;

    public string? Problem { get; private set; }

    public int Accept(ReadOnlySpan<byte> part)
    {
        var (at, complete) = (0, 0);
        while (at < part.Length)
        {
            at += FillHead(part[at..]);
            if (headFilled < headLength) break;
            if (Problem is not null) return complete;
            var seen = (int)Math.Min(rest, part.Length - at);
            FillStart(part.Slice(at, seen));
            Problem ??= CheckPart(head, part.Slice(at, seen), last: seen == rest);
            if (Problem is not null) return complete;
            (at, rest) = (at + seen, rest - seen);
            if (rest > 0) break;
            (headFilled, complete) = (0, at);
        }

        return part.Length;
    }

    /// <param name="wanted">How many bytes of the body are to be checked by <see cref="CheckStart"/>.</param>
    /// <returns>The problem; null if the message may come.</returns>
    protected abstract string? CheckHead(ReadOnlySpan<byte> head, out long length, out int wanted);

    protected virtual string? CheckStart(ReadOnlySpan<byte> head, ReadOnlySpan<byte> start) => null;

    /// <summary>Checks a part of a body before it is forwarded. The last part of a message may be empty.</summary>
    protected virtual string? CheckPart(ReadOnlySpan<byte> head, ReadOnlySpan<byte> part, bool last) => null;

    private int FillHead(ReadOnlySpan<byte> part)
    {
        if (headFilled == headLength) return 0;
        var taken = Math.Min(headLength - headFilled, part.Length);
        part[..taken].CopyTo(head.AsSpan(headFilled));
        headFilled += taken;
        if (headFilled < headLength) return taken;
        Problem = CheckHead(head, out rest, out var wanted);
        startFilled = 0;
        start = wanted == 0 ? [] : new byte[wanted];
        return taken;
    }

    private void FillStart(ReadOnlySpan<byte> part)
    {
        var taken = Math.Min(start.Length - startFilled, part.Length);
        if (taken == 0) return;
        part[..taken].CopyTo(start.AsSpan(startFilled));
        startFilled += taken;
        if (startFilled == start.Length) Problem = CheckStart(head, start);
    }
}
