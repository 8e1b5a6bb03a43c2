using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Guard;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Sftp;

/// <summary>Files on a server that speaks SFTP. Each call has a session of its own.</summary>
internal sealed class SftpConnector(HostGuard guard, GivenFiles files, TimeProvider clock) : IConnector
{
    public CatalogueEntry Entry { get; } = SftpEntry.Create();

    public string? Target(JsonElement settings) => SftpSettings.Parse(settings, Secret.None) is var typed ? $"sftp://{typed.Ssh.Host}:{typed.Ssh.Port}" : null;

    public bool Repeatable(string activity, JsonElement input, JsonElement settings) =>
        activity != FileActivities.Upload || FileActivities.Replace(input);

    public Account AccountAsTyped(JsonElement settings, Secret credentials) =>
        new(null, SftpSettings.Parse(settings, credentials).Display, "address");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) =>
        [SftpSettings.Parse(settings, credentials).Address];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var (settings, steps) = (SftpSettings.Parse(use.Settings, use.Credentials), new ProbeSteps(clock, use.Steps));
        var (_, failure) = await InSession(use, settings, steps, () => Delivered.No, async (session, token) =>
        {
            await session.Enter(settings.Root, token);
            await foreach (var _ in session.Client.ListDirectoryAsync(session.Client.WorkingDirectory, token)) break;
            return default(ConnectorResult);
        }, ct);
        if (failure is not null)
        {
            if (failure.Kind == FailureKind.NotFound) failure = failure with { Kind = FailureKind.InvalidInput };
            if (steps.Taken.All(step => step.Outcome == "ok")) steps.Fail("identify", failure);
            return new ProbeResult(steps.Taken, null, [], failure);
        }

        steps.Ok("identify", settings.Display);
        return new ProbeResult(steps.Taken, new Account(null, settings.Display, "address"), [settings.Address], null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var settings = SftpSettings.Parse(use.Settings, use.Credentials);
        var given = Json.Given(input, activity is FileActivities.List or FileActivities.Upload ? "folder" : "id");
        if (SftpPath.Parse(given, out var problem) is not { } path) return FileActivities.Wrong(problem!);
        if (activity is FileActivities.Fetch or FileActivities.Delete && path.IsRoot) return FileActivities.Wrong("The path names no file.");
        if (activity == FileActivities.Upload) return await Upload(use, settings, path, input, ct);
        var delivered = activity == FileActivities.Delete ? Delivered.Maybe : Delivered.No;
        return await In(use, settings, () => delivered, (session, token) => activity switch
        {
            FileActivities.List => SftpListing.Run(session, path, input, token),
            FileActivities.Fetch => new SftpDownload(session, files).Run(use.Workspace, path, token),
            _ => Delete(session, path, token)
        }, ct);
    }

    private async Task<ConnectorResult> Upload(ConnectionUse use, SftpSettings settings, SftpPath folder, JsonElement input, CancellationToken ct)
    {
        var (opened, failure) = await files.Open(use.Workspace, Json.Member(input, "file"), ct);
        if (failure is not null) return failure;
        await using var file = opened!;
        var name = Json.Given(input, "name") ?? file.File.Name;
        if (name.Contains('/')) return FileActivities.Wrong("The name must not contain /; give the folder in folder.");
        if (SftpPath.Parse(folder.Below(name).Value, out var problem) is not { } path) return FileActivities.Wrong(problem!);
        var upload = new SftpUpload(path, file, FileActivities.Replace(input), settings.ReplaceInTwoSteps, use.Activity, use.Stage, clock);
        return await In(use, settings, () => upload.Delivered, upload.Run, ct);
    }

    private static async Task<ConnectorResult> Delete(SftpSession session, SftpPath path, CancellationToken ct)
    {
        if (await session.Place(path, ct) is { } place && await session.Find(path, ct) is { } found)
        {
            if (found.FullName != place) return FileActivities.Wrong("This is a link; delete-file deletes files only.");
            if (found.IsDirectory) return FileActivities.Wrong("This is a folder; delete-file deletes files only.");
            await session.Client.DeleteFileAsync(place, ct);
        }

        return new ConnectorResult.Done(Json.Object(writer => writer.WriteString("id", path.Value)));
    }

    private async Task<ConnectorResult> In(
        ConnectionUse use, SftpSettings settings, Func<Delivered> delivered, Func<SftpSession, CancellationToken, Task<ConnectorResult>> work,
        CancellationToken ct)
    {
        var (result, failure) = await InSession(use, settings, new ProbeSteps(clock), delivered, async (session, token) =>
        {
            await session.Enter(settings.Root, token);
            return await work(session, token);
        }, ct);
        return failure ?? result!;
    }

    /// <param name="delivered">What is known if the connection broke. Called after that.</param>
    private async Task<(ConnectorResult? Result, ConnectorResult.Failed? Failure)> InSession(
        ConnectionUse use, SftpSettings settings, ProbeSteps steps, Func<Delivered> delivered,
        Func<SftpSession, CancellationToken, Task<ConnectorResult?>> work, CancellationToken ct)
    {
        SftpSession? session = null;
        try
        {
            (session, var failure) = await SftpSession.Open(guard, settings, use.Credentials, steps, clock, ct);
            if (failure is not null) return (null, failure);
            using var limit = session!.Limit(clock, ct);
            return (await work(session, limit.Token), null);
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return (null, GivenFiles.Failure(fault, Delivered.No));
        }
        catch (Exception e) when (SftpFailures.Is(e))
        {
            var known = session is null ? Delivered.No : delivered();
            return (null, session?.Problem is { } problem
                ? SftpFailures.TooMuch(problem, known)
                : SftpFailures.From(e, known, ct.IsCancellationRequested));
        }
        finally
        {
            if (session is not null) await session.DisposeAsync();
        }
    }
}
