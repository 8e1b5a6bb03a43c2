using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Definitions.Running;
using Connections.Connectors.Drives;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Connectors.Signing;
using Connections.Domain;

namespace Connections.Connectors.Dropbox;

/// <summary>
/// Uploads files that are too large for one request, in a session
/// (https://www.dropbox.com/developers/documentation/http/documentation#files-upload_session-start). The definition does all else.
/// </summary>
/// <param name="largest">The largest file that the definition sends in one request.</param>
internal sealed class DropboxUpload(TimeProvider clock, long largest = 150 * 1024 * 1024) : IActivityInCode
{
    public const string Key = "dropbox/upload-file";

    private const int MaxSessions = 3;

    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(1);

    public async Task<ConnectorResult?> Run(
        Call call, JsonElement input, Operation operation, Func<string, (HttpTarget? Target, ConnectorResult.Failed? Problem)> target,
        IFileStore? files, CancellationToken ct)
    {
        try
        {
            var (file, failure) = await new GivenFiles(() => files).Open(call.Use.Workspace, input.GetProperty("file"), ct);
            if (file is null) return failure;
            await using var opened = file;
            if (file.File.Size <= largest) return null;
            if (await call.Signer.Prepare(ct) is { } missing) return missing; // the kept values come with the token
            call.SetKept();
            var (content, problem) = target(operation.Server);
            return content is null ? problem : await Upload(call, input, operation, content, file, ct);
        }
        catch (DriveException failed)
        {
            return failed.Failure;
        }
        catch (Exception fault) when (GivenFiles.IsOfStore(fault))
        {
            return GivenFiles.Failure(fault, Delivered.No); // a session without its end makes no file
        }
        catch (ExpressionFault fault)
        {
            return call.Wrong(FailureKind.Internal, "upload session", fault.Message, Delivered.Maybe);
        }
        catch (OperationCanceledException)
        {
            return new ConnectorResult.Failed(FailureKind.Timeout, "The call was cancelled between two requests.", Delivered.Maybe);
        }
    }

    // A session that is over is begun anew: the same content at the same path is no conflict, so there is no second file.
    private async Task<ConnectorResult> Upload(
        Call call, JsonElement input, Operation operation, HttpTarget content, OpenFile file, CancellationToken ct)
    {
        var api = new DriveApi(content, call.Signer, call.Client, clock, response =>
            Answers.Judge(call, operation, Answers.Read(call, response), needsBody: false, out _) ?? Unexpected);
        var (stage, headers) = (call.Use.Stage ?? new MemoryStage(), Headers(call));
        var loop = new UploadLoop(stage, call.Use.Timeout, clock);
        var stored = stage.Current;
        for (var opened = 0; opened < MaxSessions;)
        {
            var session = new DropboxSession(api, content.Base, headers, Commit(input, file.File.Name), stored);
            if (stored is null)
            {
                opened++;
                await session.Open(ct);
            }

            var answer = await loop.Run(session, file, session.State, stored is not null, ct);
            if (answer is null) return new ConnectorResult.Pending(Soon);
            if (answer is SessionAnswer.Stored uploaded) return new ConnectorResult.Done(Output(uploaded.Item));
            stored = null;
        }

        throw DriveException.Unavailable("Dropbox ended each upload session before the file was complete.", Delivered.Maybe);
    }

    private static readonly ConnectorResult.Failed Unexpected =
        new(FailureKind.Unavailable, "Dropbox answered in an unexpected way.", Delivered.Maybe, Answered: true);

    // As in the definition.
    private static KeyValuePair<string, string>[] Headers(Call call) =>
        call.Signer is OAuthSigner oauth && oauth.Kept.TryGetValue("root", out var root) && root.Length > 0
            ? [new("Dropbox-API-Path-Root", JsonSerializer.Serialize(new Dictionary<string, string> { [".tag"] = "root", ["root"] = root }))]
            : [];

    private static object Commit(JsonElement input, string fileName)
    {
        var folder = Json.Given(input, "folder") is { } given && given != "/" ? given : "";
        return new
        {
            path = $"{folder}/{Json.Given(input, "name") ?? fileName}",
            mode = FileActivities.Replace(input) ? "overwrite" : "add",
            autorename = false
        };
    }

    private static JsonElement Output(JsonElement item) => JsonSerializer.SerializeToElement(new
    {
        id = Json.Given(item, "id"),
        name = Json.Given(item, "name"),
        path = Json.Given(item, "path_display"),
        size = (long?)Json.Number(item, "size"),
        hash = Json.Given(item, "content_hash")
    });
}
