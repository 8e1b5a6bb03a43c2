using System.Text.Json;
using Connections.Connectors.Files;
using Connections.Domain;

namespace Connections.Connectors.Drives;

/// <summary>The answer of an upload session.</summary>
internal abstract record SessionAnswer
{
    /// <param name="Offset">The session has all bytes before it.</param>
    public sealed record Next(long Offset) : SessionAnswer;

    public sealed record Stored(JsonElement Item) : SessionAnswer;

    /// <summary>The session has expired or is over.</summary>
    public sealed record Gone : SessionAnswer;
}

/// <summary>An upload session of a provider.</summary>
internal interface IUploadSession
{
    int PartSize { get; }

    /// <summary>Asks how far the upload has come.</summary>
    Task<SessionAnswer> Locate(long total, CancellationToken ct);

    /// <param name="part">Empty if the session has all bytes and did not say that the file is stored.</param>
    Task<SessionAnswer> Send(long offset, byte[] part, long total, CancellationToken ct);
}

/// <summary>
/// Sends a file in parts. Each part that the provider confirmed is stored as the stage, so that any attempt goes on from there.
/// </summary>
internal sealed class UploadLoop(IStage stage, TimeSpan? timeout, TimeProvider clock)
{
    private const int MaxStuck = 3;

    private readonly long begun = clock.GetTimestamp();

    // An attempt that ends in time costs nothing. One that is cancelled sends its last part again.
    private bool TimeIsUp => timeout is { } limit && clock.GetElapsedTime(begun) > limit * 0.7;

    /// <param name="state">The state to store when the session has all bytes before an offset.</param>
    /// <param name="resumed">Whether an earlier attempt used the session.</param>
    /// <returns>Null: a later attempt goes on.</returns>
    public async Task<SessionAnswer?> Run(
        IUploadSession session, OpenFile file, Func<long, JsonElement> state, bool resumed, CancellationToken ct)
    {
        var (total, stuck, sent) = (file.File.Size, 0, false);
        var answer = resumed ? await session.Locate(total, ct) : new SessionAnswer.Next(0);
        var whole = new byte[session.PartSize];
        while (answer is SessionAnswer.Next { Offset: var offset })
        {
            if (offset < 0 || offset > total)
                throw DriveException.Unavailable("The upload session is at no place of the file.", Delivered.Maybe);
            await stage.Save(state(offset), new StageProgress(offset, total, "bytes"), resumable: true, ct);
            if (sent && TimeIsUp) return null;
            var part = total - offset >= whole.Length ? whole : new byte[total - offset];
            file.Content.Position = offset;
            await file.Content.ReadExactlyAsync(part, ct);
            answer = await session.Send(offset, part, total, ct);
            sent = true;
            if (answer is SessionAnswer.Next { Offset: var next } && next <= offset && ++stuck > MaxStuck)
                throw DriveException.Unavailable("The upload session takes no further part of the file.", Delivered.Maybe);
        }

        return answer;
    }
}
