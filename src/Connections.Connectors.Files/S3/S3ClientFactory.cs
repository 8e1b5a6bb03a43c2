using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.S3.Model;
using Amazon.SecurityToken;
using Amazon.SecurityToken.Model;
using Connections.Connectors.Http;
using Connections.Connectors.Pipeline;
using Connections.Domain;
using EventSourcing;

namespace Connections.Connectors.S3;

/// <summary>The keys of one call: those of the form, or those of a session of the assumed role.</summary>
/// <param name="Principal">The ARN of the assumed role; null without a role.</param>
internal sealed record S3Keys(string Id, string Secret, string? Token, string? Principal = null)
{
    public AWSCredentials Credentials => Token is null ? new BasicAWSCredentials(Id, Secret) : new SessionAWSCredentials(Id, Secret, Token);
}

/// <summary>
/// Creates Amazon's clients for one call. Each connection goes through the host guard. The library itself repeats nothing, and never looks for
/// credentials or addresses in the environment or the machine's metadata.
/// </summary>
/// <param name="replaced">Addresses instead of Amazon's: <c>s3</c>, <c>sts</c>.</param>
internal sealed class S3ClientFactory(
    GuardedHandlerFactory factory, HttpClientPool clients, IReadOnlyDictionary<string, string> replaced, TimeProvider clock)
{
    private static readonly TimeSpan SessionUse = TimeSpan.FromMinutes(30);
    private const int SessionSeconds = 3600;

    private readonly ExpiringMap<(CredentialKey Key, string Role, string Region), S3Keys> sessions = new(clock, SessionUse, capacity: 10_000);

    /// <summary>A handler for calls on pooled connections.</summary>
    public S3MessageHandler Handler(S3Settings settings) => new(address => clients.For(address, settings.CaCertificate), clock);

    /// <summary>A handler for a probe, which records the first connection.</summary>
    public (S3MessageHandler Handler, IDisposable Connections) Handler(S3Settings settings, ProbeSteps steps)
    {
        var invoker = new HttpMessageInvoker(factory.Create(settings.CaCertificate, steps));
        return (new S3MessageHandler(_ => invoker, clock), invoker);
    }

    public AmazonS3Client Storage(S3Settings settings, S3Keys keys, S3MessageHandler handler)
    {
        var config = new AmazonS3Config { ForcePathStyle = settings.Endpoint is not null && settings.PathStyle, DisableS3ExpressSessionAuth = true };
        var address = settings.Endpoint;
        if (address is null && replaced.TryGetValue("s3", out address)) config.ForcePathStyle = true;
        return new AmazonS3Client(keys.Credentials, Configure(config, settings, address, handler));
    }

    public AmazonSecurityTokenServiceClient Tokens(S3Settings settings, S3Keys keys, S3MessageHandler handler) => new(
        keys.Credentials, Configure(new AmazonSecurityTokenServiceConfig(), settings, replaced.GetValueOrDefault("sts") ?? settings.Endpoint, handler));

    /// <summary>The keys to use, after a sign-in to the role if the connection has one.</summary>
    /// <param name="anew">Whether a session from an earlier call may not be used.</param>
    public async Task<S3Keys> Keys(ConnectionUse use, S3Settings settings, S3MessageHandler handler, bool anew, CancellationToken ct)
    {
        var typed = new S3Keys(use.Credentials.Field("accessKeyId") ?? "", use.Credentials.Field("secretAccessKey") ?? "", Given(use.Credentials));
        if (settings.Role is not { } role) return typed;
        var key = (CredentialKey.From(use), $"{role} {settings.ExternalId}", settings.Region);
        if (!anew && key.Item1.IsStored && sessions.TryGetValue(key, out var session)) return session;
        using var tokens = Tokens(settings, typed, handler);
        var assumed = await tokens.AssumeRoleAsync(
            new AssumeRoleRequest
            {
                RoleArn = role,
                RoleSessionName = $"connections-{use.Id:n}",
                ExternalId = settings.ExternalId,
                DurationSeconds = SessionSeconds
            },
            ct);
        session = new S3Keys(
            assumed.Credentials.AccessKeyId, assumed.Credentials.SecretAccessKey, assumed.Credentials.SessionToken, assumed.AssumedRoleUser.Arn);
        if (key.Item1.IsStored) sessions.Set(key, session);
        return session;
    }

    /// <summary>Runs work with the keys. A session of a role can end early: the role was changed. It is replaced once.</summary>
    public async Task<ConnectorResult> Call(
        ConnectionUse use, S3Settings settings, Func<S3Keys, S3MessageHandler, Task<ConnectorResult>> work, CancellationToken ct)
    {
        for (var anew = false; ; anew = true)
        {
            var handler = Handler(settings);
            var (result, failure) = await handler.Run(async () => await work(await Keys(use, settings, handler, anew, ct), handler));
            result = failure ?? result!;
            if (result is not ConnectorResult.Failed { Kind: FailureKind.ReauthRequired } || settings.Role is null || anew) return result;
        }
    }

    /// <summary>Signs in for a connection test.</summary>
    /// <returns>The keys, and the ARN of the user or role without the name of the session; null where there is no STS.</returns>
    public async Task<(S3Keys Keys, string? Principal)> SignIn(
        ConnectionUse use, S3Settings settings, S3MessageHandler handler, CancellationToken ct)
    {
        var keys = await Keys(use, settings, handler, anew: true, ct);
        if (keys.Principal is { } role) return (keys, role[..role.LastIndexOf('/')]); // the last part is the name of this session
        if (!settings.IsAmazon) return (keys, null);
        using var tokens = Tokens(settings, keys, handler);
        var identity = await tokens.GetCallerIdentityAsync(new GetCallerIdentityRequest(), ct);
        return (keys, identity.Arn.Contains(":assumed-role/", StringComparison.Ordinal) ? identity.Arn[..identity.Arn.LastIndexOf('/')] : identity.Arn);
    }

    /// <summary>Asks for the bucket, or for the buckets of a compatible store.</summary>
    public async Task<bool> Reach(S3Settings settings, S3Keys keys, S3MessageHandler handler, CancellationToken ct)
    {
        using var client = Storage(settings, keys, handler);
        // A response to HEAD has no body, and compatible stores have no other request that explains a failure.
        if (settings is { Bucket: { } listed, IsAmazon: false }) await S3Listing.Reach(client, listed, ct);
        else if (settings.Bucket is { } bucket) await client.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket }, ct);
        else if (!settings.IsAmazon) await client.ListBucketsAsync(new ListBucketsRequest(), ct);
        return true;
    }

    private static T Configure<T>(T config, S3Settings settings, string? address, S3MessageHandler handler) where T : ClientConfig
    {
        if (address is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(settings.Region);
        }
        else
        {
            config.ServiceURL = address;
            config.AuthenticationRegion = settings.Region;
        }

        config.DefaultConfigurationMode = DefaultConfigurationMode.Standard;
        config.IgnoreConfiguredEndpointUrls = true;
        config.MaxErrorRetry = 0;
        config.MaxStaleConnectionRetries = 0;
        config.DisableClockSkewCorrection = true;
        config.DisableLogging = true;
        config.AllowAutoRedirect = false;
        // Compatible stores do not know the added checksums. The signature contains the hash of each body.
        config.RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED;
        config.ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED;
        config.HttpClientFactory = new OneHandler(handler);
        return config;
    }

    private static string? Given(Secret credentials) => credentials.Field("sessionToken") is { Length: > 0 } token ? token : null;

    private sealed class OneHandler(S3MessageHandler handler) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) =>
            new(handler, disposeHandler: false) { Timeout = Timeout.InfiniteTimeSpan };

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;
    }
}
