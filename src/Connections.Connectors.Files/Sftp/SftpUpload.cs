using System.Buffers;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Domain;
using EventSourcing;
using Renci.SshNet.Common;
using Renci.SshNet.Sftp;

namespace Connections.Connectors.Sftp;

/// <summary>
/// Writes a file under a temporary name and renames it when it is complete, so that nobody sees a part of it. An upload that broke goes on
/// where the stage says. A lost attempt may still run beside the next one: both write the same bytes, so neither truncates the file.
/// </summary>
/// <param name="activity">All attempts of an activity write under one name, which is found again without a stage.</param>
/// <param name="inTwoSteps">Whether a file may be deleted before another one gets its name, where the server cannot replace it at once.</param>
internal sealed class SftpUpload(
    SftpPath path, OpenFile file, bool replace, bool inTwoSteps, Guid? activity, IStage? stage, TimeProvider clock)
{
    private const int Part = 1024 * 1024;
    private const int BytesPerStage = 16 * 1024 * 1024;
    private static readonly TimeSpan RemovalLimit = TimeSpan.FromSeconds(3);

    private readonly SftpPath partial = path.Parent.Below($".{activity ?? Guid.NewGuid():n}.part");

    /// <summary>Whether the file may have its name.</summary>
    public Delivered Delivered { get; private set; } = Delivered.No;

    public async Task<ConnectorResult> Run(SftpSession session, CancellationToken ct)
    {
        if (await session.Place(path, ct) is not { } place) throw new SftpPathNotFoundException();
        var temporary = $"{place[..place.LastIndexOf('/')]}/{partial.Name}";
        var written = await session.Find(partial, ct);
        if (written is not null && (written.FullName != temporary || !written.IsRegularFile))
            return FileActivities.Wrong($"There is a link or a folder with the temporary name {partial.Name}; remove it.");
        var found = await session.Find(path, ct);
        var earlier = UploadStage.Find(stage, path, file.File);
        // The answer to the renaming was lost.
        if (earlier is { Renaming: true } && written is null)
        {
            if (found?.Length == file.File.Size) return Done();
            if (!replace) return Gone();
        }

        if (Objection(found, place) is { } objection)
        {
            if (written is not null) await Remove(session, temporary);
            return objection;
        }

        var offset = earlier?.Offset ?? 0;
        if (written is null || written.Length < offset || written.Length > file.File.Size) offset = 0;
        var state = new UploadStage(path, file.File, offset, Renaming: false);
        try
        {
            if (earlier is not { Renaming: true } || written?.Length != file.File.Size)
                await Write(session, temporary, written?.Length, state, ct);
            if (await session.Length(temporary, ct) != file.File.Size) throw new IOException("The file is not complete.");
            await Save(state with { Offset = file.File.Size, Renaming = true }, ct);
            return await Rename(session, temporary, place, found is not null, ct);
        }
        catch (Exception fault) when (stage is null || fault is SftpException or RejectedException)
        {
            if (Delivered == Delivered.No) await Remove(session, temporary);
            throw;
        }
    }

    private ConnectorResult.Failed? Objection(ISftpFile? found, string place) => found switch
    {
        null => null,
        _ when found.FullName != place => FileActivities.Wrong("There is a link with this name; choose another name."),
        { IsDirectory: true } => FileActivities.Wrong("There is a folder with this name; choose another name."),
        _ => replace ? null : Taken()
    };

    /// <param name="written">The length of the temporary file; null if there is none.</param>
    private async Task Write(SftpSession session, string temporary, long? written, UploadStage state, CancellationToken ct)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(Part);
        try
        {
            // A lost attempt ends here, before it touches the file of the next one.
            await Save(state, ct);
            if (written > file.File.Size) await session.Client.DeleteFileAsync(temporary, ct);
            var mode = state.Offset == 0 ? FileMode.OpenOrCreate : FileMode.Open;
            await using var to = await session.Client.OpenAsync(temporary, mode, FileAccess.Write, ct);
            file.Content.Position = state.Offset;
            to.Seek(state.Offset, SeekOrigin.Begin);
            var (done, saved) = (state.Offset, state.Offset);
            for (int read; (read = await file.Content.ReadAtLeastAsync(buffer.AsMemory(0, Part), Part, throwOnEndOfStream: false, ct)) > 0;)
            {
                await Send(to, buffer, read, ct);
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

    // The library sends 32 KiB and waits for the answer. On a thread of its own that needs no switch between threads.
    private static Task Send(Stream to, byte[] buffer, int length, CancellationToken ct) => Task.Factory.StartNew(
        () => to.Write(buffer, 0, length), ct, TaskCreationOptions.LongRunning, TaskScheduler.Default);

    private async Task<ConnectorResult> Rename(SftpSession session, string temporary, string place, bool exists, CancellationToken ct)
    {
        Delivered = Delivered.Maybe;
        if (exists)
        {
            try
            {
                if (await Replace(session, temporary, place, ct)) return Done();
            }
            catch (SftpException) when (!ct.IsCancellationRequested)
            {
                Delivered = Delivered.No;
                throw;
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
            if (await session.Length(place, ct) is null) throw;
            await Remove(session, temporary);
            return Taken();
        }
    }

    /// <returns>False if the earlier file was deleted, and the other one must get its name yet.</returns>
    /// <exception cref="NotSupportedException">The server cannot replace a file at once, and may not do it in two steps.</exception>
    private async Task<bool> Replace(SftpSession session, string temporary, string place, CancellationToken ct)
    {
        try
        {
            await Task.Run(() => session.Client.RenameFile(temporary, place, isPosix: true), ct);
            return true;
        }
        catch (NotSupportedException) when (inTwoSteps)
        {
            await session.Client.DeleteFileAsync(place, ct);
            return false;
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

    private Task Save(UploadStage state, CancellationToken ct) =>
        stage?.Save(state.Json, new StageProgress(state.Offset, file.File.Size, "bytes"), resumable: true, ct) ?? Task.CompletedTask;

    private ConnectorResult.Done Done() => new(Json.Object(writer =>
    {
        writer.WriteString("id", path.Value);
        writer.WriteString("name", path.Name);
        writer.WriteString("path", path.Value);
        writer.WriteNumber("size", file.File.Size);
    }));

    private static ConnectorResult.Failed Gone() => new(
        FailureKind.Internal, "The file was about to get its name, and it is not there now. It may have been taken.",
        Delivered.Maybe, Answered: true);

    private static ConnectorResult.Failed Taken() =>
        FileActivities.Wrong("There is another file with this name; set replace, or choose another name.");
}
