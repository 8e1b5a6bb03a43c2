using System.Text.Json;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.S3;

/// <param name="Bucket">Null: each path begins with a bucket.</param>
/// <param name="Endpoint">The address of a compatible store; null: Amazon's.</param>
/// <param name="Role">The ARN of the role to assume; null: none.</param>
internal sealed record S3Settings(
    string Region, string? Bucket, string? Endpoint, bool PathStyle, string? CaCertificate, string? Role, string? ExternalId)
{
    public bool IsAmazon => Endpoint is null;

    public static S3Settings Parse(JsonElement settings) => new(
        Json.Given(settings, "region") ?? S3Entry.DefaultRegion,
        Json.Given(settings, "bucket"),
        Json.Given(settings, "endpoint"),
        Json.Member(settings, "pathStyle").ValueKind != JsonValueKind.False,
        Json.Given(settings, "caCertificate"),
        Json.Given(settings, "roleArn"),
        Json.Given(settings, "externalId"));

    /// <summary>Where the requests go, as far as the form tells.</summary>
    public string Origin => Endpoint is null ? $"https://s3.{Region}.amazonaws.com:443"
        : HttpTarget.Parse(Endpoint, out _) is { } target ? target.Origin : Endpoint;

    /// <summary>Why the address cannot be used; null if it can.</summary>
    public ConnectorResult.Failed? Objection
    {
        get
        {
            if (Endpoint is null) return null;
            if (HttpTarget.Parse(Endpoint, out var problem) is not { } target) return FileActivities.Wrong(problem!);
            return target.Base.AbsolutePath == "/" ? null : FileActivities.Wrong("The address must not have a path: enter the bucket in its own field.");
        }
    }

    public string Display(string account) => Bucket is null ? account : $"{Bucket} as {account}";

    /// <summary>The identity derived from the form: the key, where it is used, and the bucket.</summary>
    public AccountIdentity Key(Secret credentials) => Identity("key", IsAmazon ? "aws" : Origin, credentials.Field("accessKeyId") ?? "", Role ?? "");

    /// <summary>The identity that Amazon tells: the user or role, and the bucket.</summary>
    public AccountIdentity Principal(string arn) => Identity("principal", arn);

    private AccountIdentity Identity(string basis, params string[] parts) =>
        new(basis, JsonSerializer.Serialize(Bucket is null ? parts : [.. parts, Bucket]));
}
