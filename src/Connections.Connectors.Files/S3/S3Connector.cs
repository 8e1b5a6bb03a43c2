using System.Text.Json;
using Amazon.S3;
using Amazon.S3.Model;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.S3;

/// <summary>Amazon S3, and stores that speak its protocol.</summary>
internal sealed class S3Connector(S3ClientFactory factory, GivenFiles files, TimeProvider clock) : IConnector
{
    public CatalogueEntry Entry { get; } = S3Entry.Create();

    public string? Target(JsonElement settings) => S3Settings.Parse(settings).Origin;

    // Deletions of what is not there succeed. Others may have moved the object of an upload away before it is repeated, and would then find
    // a second one. An upload in parts goes on from its stage.
    public bool Repeatable(string activity, JsonElement input, JsonElement settings) =>
        activity != FileActivities.Upload || FileActivities.Replace(input);

    public Account AccountAsTyped(JsonElement settings, Secret credentials) =>
        new(null, S3Settings.Parse(settings).Display(credentials.Field("accessKeyId") ?? ""), "key");

    public IReadOnlyList<AccountIdentity> IdentitiesAsTyped(JsonElement settings, Secret credentials) => [S3Settings.Parse(settings).Key(credentials)];

    public async Task<ProbeResult> Probe(ConnectionUse use, CancellationToken ct)
    {
        var (settings, steps) = (S3Settings.Parse(use.Settings), new ProbeSteps(clock, use.Steps));
        if (settings.Objection is { } objection) return Failed(steps, "resolve", objection);
        var (handler, connections) = factory.Handler(settings, steps);
        using var closed = connections;
        var typed = settings.Key(use.Credentials);
        var (signedIn, failure) = await handler.Run(() => factory.SignIn(use, settings, handler, ct));
        if (failure is not null) return Failed(steps, "signIn", failure);
        var (keys, principal) = signedIn;
        if (principal is not null) steps.Ok("signIn", "Amazon accepted the key.");

        var (_, unreached) = await handler.Run(() => factory.Reach(settings, keys!, handler, ct));
        if (unreached is not null) return Failed(steps, principal is null ? "signIn" : "identify", S3Failures.AtConnect(unreached));
        if (principal is null) steps.Ok("signIn", "The store accepted the key.");
        var display = settings.Display(principal is null ? typed.Basis + " " + keys!.Id : principal);
        steps.Ok("identify", $"Signed in: {display}.");
        return principal is null
            ? new ProbeResult(steps.Taken, new Account(typed.Value, display, typed.Basis), [typed], null)
            : new ProbeResult(
                steps.Taken, new Account(settings.Principal(principal).Value, display, "principal"), [settings.Principal(principal), typed], null);
    }

    public async Task<ConnectorResult> Run(ConnectionUse use, string activity, JsonElement input, CancellationToken ct)
    {
        var settings = S3Settings.Parse(use.Settings);
        if (settings.Objection is { } objection) return objection;
        var path = activity switch
        {
            FileActivities.List => Json.Given(input, "folder"),
            FileActivities.Upload => Json.Given(input, "folder"),
            _ => Json.Given(input, "id")
        };
        if (activity == FileActivities.List && settings.Bucket is null && string.IsNullOrEmpty(path?.Trim('/')))
            return await Call(use, settings, client => new S3Listing(settings, client).Buckets(input, ct), ct);
        if (S3Path.Parse(settings, path, out var problem) is not { } place) return FileActivities.Wrong(problem!);
        if (place.Key.Length == 0 && activity is FileActivities.Fetch or FileActivities.Delete) return FileActivities.Wrong("The path names no object.");
        return activity switch
        {
            FileActivities.List => await Call(use, settings, client => new S3Listing(settings, client).Objects(place, input, ct), ct),
            FileActivities.Fetch => await Call(use, settings, client => new S3Download(client, files, clock).Run(use.Workspace, place, ct), ct),
            FileActivities.Upload => await Upload(use, settings, place, input, ct),
            _ => await Call(use, settings, client => Delete(settings, client, place, ct), ct)
        };
    }

    private async Task<ConnectorResult> Upload(ConnectionUse use, S3Settings settings, S3Path folder, JsonElement input, CancellationToken ct)
    {
        var (file, failure) = await files.Open(use.Workspace, Json.Member(input, "file"), ct);
        if (failure is not null) return failure;
        await using var open = file!;
        var name = Json.Given(input, "name") ?? open.File.Name;
        if (name.Contains('/')) return FileActivities.Wrong("The name must not contain /; give the folder in folder.");
        var below = folder.Key.Length == 0 || folder.Key.EndsWith('/') ? folder.Key : $"{folder.Key}/";
        if (S3Path.Parse(settings, (folder with { Key = below + name }).Written(settings), out var problem) is not { } place)
            return FileActivities.Wrong(problem!);
        return await Call(
            use, settings, client => new S3Upload(settings, client, use.Stage, clock).Run(place, open, FileActivities.Replace(input), ct), ct);
    }

    private static async Task<ConnectorResult> Delete(S3Settings settings, AmazonS3Client client, S3Path place, CancellationToken ct)
    {
        await client.DeleteObjectAsync(new DeleteObjectRequest { BucketName = place.Bucket, Key = place.Key }, ct);
        return new ConnectorResult.Done(Json.Object(writer => writer.WriteString("id", place.Written(settings))));
    }

    private Task<ConnectorResult> Call(
        ConnectionUse use, S3Settings settings, Func<AmazonS3Client, Task<ConnectorResult>> work, CancellationToken ct) => factory.Call(
        use, settings, async (keys, handler) =>
        {
            using var client = factory.Storage(settings, keys, handler);
            return await work(client);
        }, ct);

    private static ProbeResult Failed(ProbeSteps steps, string step, ConnectorResult.Failed failure)
    {
        if (steps.Taken.All(s => s.Outcome is "ok" or "skipped")) steps.Fail(step, failure);
        return new ProbeResult(steps.Taken, null, [], failure);
    }
}
