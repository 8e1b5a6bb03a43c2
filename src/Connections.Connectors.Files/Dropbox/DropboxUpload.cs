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
/// Checks the names of uploads, and uploads files that are too large for one request, in a session
/// (https://www.dropbox.com/developers/documentation/http/documentation#files-upload_session-start). The definition does all else.
/// </summary>
/// <param name="largest">The largest file that the definition sends in one request.</param>
internal sealed class DropboxUpload(TimeProvider clock, long largest = 150 * 1024 * 1024) : IActivityInCode
{
    public const string Key = "dropbox/upload-file";

    public async Task<ConnectorResult?> Run(
        Call call, JsonElement input, Operation operation, Func<string, (HttpTarget? Target, ConnectorResult.Failed? Problem)> target,
        IFileStore? files, CancellationToken ct)
    {
        try
        {
            var (file, failure) = await new GivenFiles(() => files).Open(call.Use.Workspace, input.GetProperty("file"), ct);
            if (file is null) return failure;
            await using var opened = file;
            var name = CheckName(Json.Given(input, "name") ?? file.File.Name);
            if (file.File.Size <= largest) return null;
            if (await call.Signer.Prepare(ct) is { } missing) return missing; // the kept values come with the token
            call.SetKept();
            var (content, problem) = target(operation.Server);
            return content is null ? problem : await Upload(call, input, operation, content, name, file, ct);
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

    private Task<ConnectorResult> Upload(
        Call call, JsonElement input, Operation operation, HttpTarget content, string name, OpenFile file, CancellationToken ct)
    {
        var api = new DriveApi(content, call.Signer, call.Client, clock, response =>
            Answers.Judge(call, operation, Answers.Read(call, response), needsBody: false, out _) ?? Unexpected);
        var stage = call.Use.Stage ?? new MemoryStage();
        var session = new DropboxSession(
            api, content.Base, Headers(call), Commit(input, name), file.File.Size, stage.Current);
        return new UploadLoop("Dropbox", stage, call.Use.Timeout, clock).Run(session, file, ct);
    }

    private static readonly ConnectorResult.Failed Unexpected =
        new(FailureKind.Unavailable, "Dropbox answered in an unexpected way.", Delivered.Maybe, Answered: true);

    private static string CheckName(string name) => DriveNames.Check(name, longest: 255, forbidden: "/") is "." or ".."
        ? throw DriveException.Wrong("The name must not be . or ..; choose another name.")
        : name;

    // As in the definition.
    private static KeyValuePair<string, string>[] Headers(Call call) =>
        call.Signer is OAuthSigner oauth && oauth.Kept.TryGetValue("root", out var root) && root.Length > 0
            ? [new("Dropbox-API-Path-Root", JsonSerializer.Serialize(new Dictionary<string, string> { [".tag"] = "root", ["root"] = root }))]
            : [];

    private static object Commit(JsonElement input, string name)
    {
        var folder = Json.Given(input, "folder") is { } given && given != "/" ? given : "";
        return new
        {
            path = $"{folder}/{name}",
            mode = FileActivities.Replace(input) ? "overwrite" : "add",
            autorename = false
        };
    }
}
