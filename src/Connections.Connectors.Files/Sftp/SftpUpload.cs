using System.Buffers;
using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Domain;
using Renci.SshNet.Common;

namespace Connections.Connectors.Sftp;

/// <summary>
/// Writes a file under a temporary name and renames it when it is complete, so that nobody sees a part of it. An upload that broke goes on
/// where the stage says.
/// </summary>
/// <param name="inTwoSteps">Whether a file may be deleted before another one gets its name, where the server cannot replace it at once.</param>
internal sealed class SftpUpload(SftpPath path, OpenFile file, bool replace, bool inTwoSteps, IStage? stage, TimeProvider clock)
{
    private const int Part = 32 * 1024;
    private const int BytesPerStage = 16 * 1024 * 1024;
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(3);

    /// <summary>Whether the file may have its name.</summary>
    public Delivered Delivered { get; private set; } = Delivered.No;

    public async Task<ConnectorResult> Run(SftpSession session, CancellationToken ct)
    {
        if (await session.Place(path, ct) is not { } place) throw new SftpPathNotFoundException();
        var found = await session.Find(path, ct);
        var earlier = UploadStage.Find(stage, path, file.File);
        var temporary = $"{place[..place.LastIndexOf('/')]}/{earlier?.Temporary ?? $".{Guid.NewGuid():n}.part"}";
        var written = earlier is null ? null : await Length(session, temporary, ct);
        // The answer to the renaming was lost.
        if (earlier is { Renaming: true } && written is null && found?.Length == file.File.Size) return Done();
        if (found is not null && found.FullName != place) return FileActivities.Wrong("There is a link with this name; choose another name.");
        if (found is { IsDirectory: true }) return FileActivities.Wrong("There is a folder with this name; choose another name.");
        if (found is not null && !replace) return Taken();

        var state = new UploadStage(path, file.File, temporary[(temporary.LastIndexOf('/') + 1)..], earlier?.Offset ?? 0, Renaming: false);
        if (written is null || written < state.Offset) state = state with { Offset = 0 };
        try
        {
            await Write(session, temporary, state, ct);
            if (await Length(session, temporary, ct) != file.File.Size) throw new IOException("The file is not complete.");
            await Save(state with { Offset = file.File.Size, Renaming = true }, ct);
            return await Rename(session, temporary, place, found is not null, ct);
        }
        catch (Exception fault) when (stage is null || fault is SftpException || GivenFiles.IsOfStore(fault))
        {
            if (Delivered == Delivered.No) await Remove(session, temporary);
            throw;
        }
    }

    private async Task Write(SftpSession session, string temporary, UploadStage state, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Part);
        try
        {
            await using var to = await session.Client.OpenAsync(temporary, state.Offset == 0 ? FileMode.Create : FileMode.Open, FileAccess.Write, ct);
            await Save(state, ct);
            file.Content.Position = state.Offset;
            to.Seek(state.Offset, SeekOrigin.Begin);
            var (done, saved) = (state.Offset, state.Offset);
            for (int read; (read = await file.Content.ReadAsync(buffer.AsMemory(0, Part), ct)) > 0;)
            {
                await to.WriteAsync(buffer.AsMemory(0, read), ct);
                done += read;
                if (stage is null || done - saved < BytesPerStage) continue;
                await to.FlushAsync(ct);
                await Save(state with { Offset = saved = done }, ct);
            }

            await to.FlushAsync(ct);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer, clearArray: true);
        }
    }

    private async Task<ConnectorResult> Rename(SftpSession session, string temporary, string place, bool exists, CancellationToken ct)
    {
        Delivered = Delivered.Maybe;
        if (exists)
        {
            try
            {
                await Task.Run(() => session.Client.RenameFile(temporary, place, isPosix: true), ct);
                return Done();
            }
            catch (NotSupportedException) when (inTwoSteps)
            {
                await session.Client.DeleteFileAsync(place, ct);
            }
            catch (NotSupportedException)
            {
                await Remove(session, temporary);
                return FileActivities.Wrong(
                    "The server cannot replace a file at once. Choose another name, or set replaceInTwoSteps in the connection.");
            }
        }

        try
        {
            await session.Client.RenameFileAsync(temporary, place, ct);
            return Done();
        }
        catch (SftpException) when (!ct.IsCancellationRequested)
        {
            Delivered = Delivered.No;
            if (await Length(session, place, ct) is null) throw;
            await Remove(session, temporary);
            return Taken();
        }
    }

    private async Task Remove(SftpSession session, string temporary)
    {
        using var limit = new CancellationTokenSource(RemovalLimit, clock);
        try
        {
            await session.Client.DeleteFileAsync(temporary, limit.Token);
        }
        catch (Exception e) when (SftpFailures.Is(e))
        {
            // The failure of the upload is the one to report.
        }
    }

    private static async Task<long?> Length(SftpSession session, string place, CancellationToken ct)
    {
        try
        {
            return (await session.Client.GetAttributesAsync(place, ct)).Size;
        }
        catch (SftpPathNotFoundException)
        {
            return null;
        }
    }

    private Task Save(UploadStage state, CancellationToken ct) =>
        stage?.Save(state.Json, new StageProgress(state.Offset, file.File.Size, "bytes"), resumable: true, ct) ?? Task.CompletedTask;

    private ConnectorResult.Done Done() => new(Json.Object(writer =>
    {
        writer.WriteString("id", path.Value);
        writer.WriteString("name", path.Name);
        writer.WriteString("path", path.Value);
        writer.WriteNumber("size", file.File.Size);
    }));

    private static ConnectorResult.Failed Taken() =>
        FileActivities.Wrong("There is another file with this name; set replace, or choose another name.");
}

/// <summary>How far an upload has come.</summary>
/// <param name="Temporary">The name under which the file is written.</param>
/// <param name="Offset">The bytes that the server has confirmed.</param>
/// <param name="Renaming">Whether all bytes are written, and the file may have its name.</param>
internal sealed record UploadStage(SftpPath Path, StoredFile File, string Temporary, long Offset, bool Renaming)
{
    public JsonElement Json => Catalogue.Json.Object(writer =>
    {
        writer.WriteString("path", Path.Value);
        writer.WriteString("sha256", File.Sha256);
        writer.WriteString("temporary", Temporary);
        writer.WriteNumber("offset", Offset);
        writer.WriteBoolean("renaming", Renaming);
    });

    /// <summary>What an earlier attempt stored about the same file and place; null if there is nothing.</summary>
    public static UploadStage? Find(IStage? stage, SftpPath path, StoredFile file)
    {
        if (stage?.Current is not { } stored || Catalogue.Json.Text(stored, "path") != path.Value || Catalogue.Json.Text(stored, "sha256") != file.Sha256
            || Catalogue.Json.Given(stored, "temporary") is not { } temporary) return null;
        var renaming = Catalogue.Json.Member(stored, "renaming").ValueKind == JsonValueKind.True;
        return new UploadStage(path, file, temporary, (long)(Catalogue.Json.Number(stored, "offset") ?? 0), renaming);
    }
}
