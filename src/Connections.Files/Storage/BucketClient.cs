using Amazon;
using Amazon.Runtime;
using Amazon.S3;
using Connections.Connectors.Files;
using TransportSecurity;

namespace Connections.Files.Storage;

/// <summary>Amazon's client for the bucket of the files. Credentials and addresses come from the configuration only.</summary>
internal static class BucketClient
{
    private const int Repetitions = 3;
    private static readonly TimeSpan ConnectLimit = TimeSpan.FromSeconds(10);

    // A request has a body of 8 MiB at most. The time ends with the headers of the response.
    private static readonly TimeSpan CallLimit = TimeSpan.FromMinutes(2);

    public static AmazonS3Client Create(BucketOptions options)
    {
        var config = new AmazonS3Config
        {
            DisableS3ExpressSessionAuth = true,
            DefaultConfigurationMode = DefaultConfigurationMode.Standard,
            IgnoreConfiguredEndpointUrls = true,
            MaxErrorRetry = Repetitions,
            DisableLogging = true,
            // Compatible stores do not know the added checksums. The signature contains the hash of each body.
            RequestChecksumCalculation = RequestChecksumCalculation.WHEN_REQUIRED,
            ResponseChecksumValidation = ResponseChecksumValidation.WHEN_REQUIRED,
            HttpClientFactory = new OneClient()
        };
        if (options.Endpoint is { Length: > 0 } endpoint)
        {
            (config.ServiceURL, config.AuthenticationRegion, config.ForcePathStyle) = (endpoint, options.Region, true);
        }
        else
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(options.Region);
        }

        return new AmazonS3Client(new BasicAWSCredentials(options.AccessKeyId, options.SecretAccessKey), config);
    }

    /// <exception cref="FileStoreUnavailableException">The request failed.</exception>
    /// <exception cref="EventSourcing.RejectedException"><c>file.store-full</c>.</exception>
    public static async Task<T> Run<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (IsFault(fault))
        {
            throw Translate(fault);
        }
    }

    /// <summary>Null if the object or the upload is not there, or not any more.</summary>
    public static Task<T?> RunIfPresent<T>(Func<Task<T>> work) where T : class => Run<T?>(async () =>
    {
        try
        {
            return await work();
        }
        catch (Exception fault) when (IsMissing(fault))
        {
            return null;
        }
    });

    public static bool IsFault(Exception fault) => fault is AmazonServiceException or AmazonClientException or HttpRequestException or IOException
        or TimeoutException
        || (fault is TaskCanceledException { InnerException: TimeoutException });

    public static bool IsMissing(Exception fault) => fault is AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.NotFound } missing
        && missing.ErrorCode != "NoSuchBucket";

    /// <summary>Whether the store does not know the kind of request.</summary>
    public static bool IsUnknown(Exception fault) => fault is AmazonS3Exception
    {
        StatusCode: System.Net.HttpStatusCode.MethodNotAllowed or System.Net.HttpStatusCode.NotImplemented
    };

    /// <exception cref="EventSourcing.RejectedException"><c>file.store-full</c>.</exception>
    public static Exception Translate(Exception fault) => fault is AmazonS3Exception { ErrorCode: "QuotaExceeded" or "XMinioStorageFull" or "InsufficientStorage" }
        or AmazonS3Exception { StatusCode: System.Net.HttpStatusCode.InsufficientStorage }
        ? FileRejections.StoreFull()
        : new FileStoreUnavailableException($"The bucket of the files failed ({Cause(fault)}).", fault);

    public static string Cause(Exception fault) =>
        fault is AmazonServiceException { ErrorCode.Length: > 0 } error ? error.ErrorCode : fault.GetType().Name;

    private sealed class OneClient : HttpClientFactory
    {
        private readonly HttpClient client = Create();

        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => client;

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;

        public override bool DisposeHttpClientsAfterUse(IClientConfig clientConfig) => false;

        private static HttpClient Create()
        {
            var handler = ServerTrust.InSystem.CreateHandler();
            (handler.AllowAutoRedirect, handler.UseCookies, handler.ConnectTimeout) = (false, false, ConnectLimit);
            handler.PooledConnectionLifetime = TimeSpan.FromMinutes(5);
            handler.ActivityHeadersPropagator = null;
            return new HttpClient(handler) { Timeout = CallLimit };
        }
    }
}
