using System.Text.Json;

namespace Connections.Connectors.Drives;

/// <summary>The answer of an upload session.</summary>
internal abstract record SessionAnswer
{
    /// <param name="Offset">The session has all bytes before it.</param>
    public sealed record Next(long Offset) : SessionAnswer;

    /// <param name="Output">The output of the activity.</param>
    public sealed record Stored(JsonElement Output) : SessionAnswer;

    /// <summary>The session has expired or is over.</summary>
    public sealed record Gone : SessionAnswer;
}

/// <summary>The upload sessions of a provider for one file: an open one, and those that replace it.</summary>
internal interface IUploadSession
{
    int PartSize { get; }

    /// <summary>Whether an earlier attempt opened a session.</summary>
    bool IsOpen { get; }

    /// <summary>Opens a session, also in place of one that is over.</summary>
    Task<SessionAnswer> Open(CancellationToken ct);

    /// <summary>Asks how far the upload has come.</summary>
    Task<SessionAnswer> Locate(CancellationToken ct);

    /// <param name="part">Empty if the session has all bytes and did not say that the file is stored.</param>
    Task<SessionAnswer> Send(long offset, byte[] part, CancellationToken ct);

    /// <summary>The state to store when the session has all bytes before an offset.</summary>
    JsonElement State(long offset);
}
