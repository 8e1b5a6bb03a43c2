using Connections.Connectors.Files;
using Connections.Domain;

namespace Connections.Connectors.Drives;

/// <summary>
/// Sends a file in parts. Each part that the provider confirmed is stored as the stage, so that any attempt goes on from there. A session
/// that is over is replaced by another one.
/// </summary>
/// <param name="provider">The name of the provider, for messages.</param>
internal sealed class UploadLoop(string provider, IStage stage, TimeSpan? timeout, TimeProvider clock)
{
    private const int MaxSessions = 3;
    private const int MaxStuck = 3;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    private readonly long begun = clock.GetTimestamp();

    // An attempt that ends in time costs nothing. One that is cancelled sends its last part again.
    private bool TimeIsUp => timeout is { } limit && clock.GetElapsedTime(begun) > limit * 0.7;

    public async Task<ConnectorResult> Run(IUploadSession session, OpenFile file, CancellationToken ct)
    {
        var answer = session.IsOpen ? await session.Locate(ct) : new SessionAnswer.Gone();
        for (var opened = 0; ; answer = await Send(session, file, answer, ct))
        {
            switch (answer)
            {
                case null:
                    return new ConnectorResult.Pending(Soon);
                case SessionAnswer.Stored uploaded:
                    return new ConnectorResult.Done(uploaded.Output);
                case SessionAnswer.Gone when opened++ == MaxSessions:
                    throw DriveException.Unavailable(
                        $"{provider} ended each upload session before the file was complete.", Delivered.Maybe);
                case SessionAnswer.Gone:
                    answer = await session.Open(ct);
                    break;
            }
        }
    }

    /// <summary>Sends parts while the session takes them.</summary>
    /// <returns>Null: a later attempt goes on.</returns>
    private async Task<SessionAnswer?> Send(IUploadSession session, OpenFile file, SessionAnswer answer, CancellationToken ct)
    {
        var (total, stuck, sent) = (file.File.Size, 0, false);
        var whole = new byte[session.PartSize];
        while (answer is SessionAnswer.Next { Offset: var offset })
        {
            if (offset < 0 || offset > total)
                throw DriveException.Unavailable("The upload session is at no place of the file.", Delivered.Maybe);
            await stage.Save(session.State(offset), new StageProgress(offset, total, "bytes"), resumable: true, ct);
            if (sent && TimeIsUp) return null;
            var part = total - offset >= whole.Length ? whole : new byte[total - offset];
            file.Content.Position = offset;
            await file.Content.ReadExactlyAsync(part, ct);
            answer = await session.Send(offset, part, ct);
            sent = true;
            if (answer is SessionAnswer.Next { Offset: var next } && next <= offset && ++stuck > MaxStuck)
                throw DriveException.Unavailable("The upload session takes no further part of the file.", Delivered.Maybe);
        }

        return answer;
    }
}
