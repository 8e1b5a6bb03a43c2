using Amazon.Runtime;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.S3;

/// <summary>Converts errors of S3 and STS: https://docs.aws.amazon.com/AmazonS3/latest/API/ErrorResponses.html.</summary>
internal static class S3Failures
{
    public static ConnectorResult.Failed From(ProviderError error) => error.Code switch
    {
        "InvalidAccessKeyId" or "InvalidClientTokenId" or "UnrecognizedClientException" =>
            error.As(FailureKind.ReauthRequired, "The provider does not know the access key id", Delivered.No),
        "SignatureDoesNotMatch" => error.As(FailureKind.ReauthRequired, "The secret access key does not belong to the access key id", Delivered.No),
        "ExpiredToken" or "ExpiredTokenException" or "InvalidToken" or "TokenRefreshRequired" =>
            error.As(FailureKind.ReauthRequired, "The session token has expired or is not valid", Delivered.No),
        "AccountProblem" or "NotSignedUp" => error.As(FailureKind.ReauthRequired, "The provider's account cannot be used", Delivered.No),
        "RequestTimeTooSkewed" or "RequestExpired" => error.As(FailureKind.Operator, "The clock of this service is wrong", Delivered.No),
        "AccessDenied" or "AllAccessDisabled" or "MethodNotAllowed" or "AccessDeniedException" =>
            error.As(FailureKind.Forbidden, "The key's user or role may not do this, or the object does not exist and listing is not allowed", Delivered.No),
        "InvalidObjectState" => error.As(
            FailureKind.InvalidInput, "The object is archived: restore it in S3 first, and fetch it then", Delivered.No),
        "NoSuchBucket" => error.As(FailureKind.NotFound, "There is no such bucket", Delivered.No),
        "NoSuchKey" => error.As(FailureKind.NotFound, "There is no such object", Delivered.No),
        "NoSuchUpload" => error.As(FailureKind.Unavailable, "The unfinished upload was removed by others", Delivered.Maybe),
        "PermanentRedirect" or "AuthorizationHeaderMalformed" or "IllegalLocationConstraintException" => WrongRegion(error),
        "TemporaryRedirect" => error.As(FailureKind.Unavailable, "The bucket is new, and its address is not known everywhere yet", Delivered.No),
        "PreconditionFailed" => error.As(FailureKind.InvalidInput, "The object is not as expected", Delivered.No),
        "ConditionalRequestConflict" or "OperationAborted" =>
            error.As(FailureKind.Unavailable, "Another request changes the object at the same time", Delivered.No),
        "SlowDown" or "ServiceUnavailable" or "RequestLimitExceeded" or "Throttling" or "ThrottlingException" or "TooManyRequests" =>
            error.As(FailureKind.Throttled, "The provider limits the request rate", Delivered.No),
        "RequestTimeout" or "BadDigest" or "IncompleteBody" or "XAmzContentSHA256Mismatch" =>
            error.As(FailureKind.Unavailable, "The bytes did not arrive completely", Delivered.No),
        "InternalError" => error.As(FailureKind.Unavailable, "The provider failed", Delivered.Maybe),
        "KeyTooLongError" => error.As(FailureKind.InvalidInput, "The path is too long for the provider", Delivered.No),
        _ => ByStatus(error)
    };

    /// <summary>An error that the library found in a response with a good status.</summary>
    public static ConnectorResult.Failed From(AmazonServiceException error) =>
        From(ProviderError.Create((int)error.StatusCode, error.ErrorCode, error.Message, null));

    /// <summary>In a connection test, a bucket that does not exist is a wrong setting.</summary>
    public static ConnectorResult.Failed AtConnect(ConnectorResult.Failed failure) =>
        failure.Kind == FailureKind.NotFound ? failure with { Kind = FailureKind.InvalidInput } : failure;

    public static ConnectorResult.Failed Changed() => new(
        FailureKind.Unavailable, "The object was changed while it was read. Nothing was stored; fetch it again.", Delivered.No, Answered: true);

    /// <summary>The completion of an upload had no answer, and neither the upload nor its object is there.</summary>
    public static ConnectorResult.Failed Lost() => new(
        FailureKind.Internal,
        "The completion of the upload had no answer, and the object is not there now. It may have been stored and moved away, or the key may "
            + "not read it (s3:GetObject): look in the bucket.",
        Delivered.Maybe, Answered: true);

    /// <summary>As <see cref="Lost"/>, for an upload that may be repeated because it replaces the object.</summary>
    public static ConnectorResult.Failed NotCompleted() => new(
        FailureKind.Unavailable, "The completion of the upload had no answer, and the object is not there. The upload begins anew.",
        Delivered.Maybe, Answered: true);

    // A response to HEAD has no body, so only status and headers tell.
    private static ConnectorResult.Failed ByStatus(ProviderError error) => error.Status switch
    {
        301 or 307 => WrongRegion(error),
        400 when error is { Region: not null, Code: "" } => WrongRegion(error),
        412 => error.As(FailureKind.InvalidInput, "The object is not as expected", Delivered.No),
        >= 300 and < 400 => error.As(FailureKind.InvalidInput, "The address answers with a redirect, and is not that of an S3 store", Delivered.No),
        _ => error.Standard()
    };

    private static ConnectorResult.Failed WrongRegion(ProviderError error) => error.As(
        FailureKind.InvalidInput,
        error.Region is { } region ? $"The bucket is in the region {region}: enter it as the region" : "The bucket is in another region",
        Delivered.No);
}
