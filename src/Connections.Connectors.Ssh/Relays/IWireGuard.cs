using System.Net.Sockets;

namespace Connections.Connectors.Relays;

/// <summary>
/// Checks what a server sends on one connection, before a driver or library reads it. Such a library believes announced sizes.
/// </summary>
internal interface IWireGuard
{
    /// <summary>Why the connection must be closed; null while everything is within the limits.</summary>
    string? Problem { get; }

    /// <returns>How many of the bytes may be forwarded. Fewer than given if there is a <see cref="Problem"/>.</returns>
    int Accept(ReadOnlySpan<byte> part);
}

/// <summary>One protocol, as the relay needs it.</summary>
internal interface IWire
{
    /// <summary>Opens another connection to the server: a driver dials again to cancel a statement.</summary>
    Task<Line> Dial(CancellationToken ct);

    /// <summary>Exchanges what precedes the guarded messages, and negotiates encryption where the protocol does so in between.</summary>
    /// <param name="first">Whether this is the connection that was already open.</param>
    Task<(Stream Near, Stream Far)> Begin(Stream near, Line far, bool first, CancellationToken ct);

    IWireGuard Guard();
}

/// <summary>A connection to a server: its socket, and the stream over it, which may be encrypted.</summary>
internal sealed record Line(Socket Socket, Stream Stream);
