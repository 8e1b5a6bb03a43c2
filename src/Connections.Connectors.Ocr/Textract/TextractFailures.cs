using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.Textract;

/// <summary>Converts errors of Textract: https://docs.aws.amazon.com/textract/latest/dg/API_Reference.html, "Common Errors".</summary>
internal static class TextractFailures
{
    public const string UnknownJob = "InvalidJobIdException";

    /// <summary>The error's code; null if there is none.</summary>
    public static string? Code(ApiResponse response) =>
        Json.Given(Json.Foreign(response.Text), "__type") is { } type ? type[(type.LastIndexOf('#') + 1)..] : null;

    public static ConnectorResult.Failed From(ApiResponse response) => Code(response) switch
    {
        "UnrecognizedClientException" or "InvalidClientTokenId" or "MissingAuthenticationTokenException" =>
            response.As(FailureKind.ReauthRequired, "Amazon does not know the access key id", Delivered.No),
        "ExpiredTokenException" or "ExpiredToken" =>
            response.As(FailureKind.ReauthRequired, "The session token has expired or is not valid", Delivered.No),
        "InvalidSignatureException" => Signature(response),
        "RequestExpired" => response.As(FailureKind.Operator, "The clock of this service is wrong", Delivered.No),
        "AccessDeniedException" or "NotAuthorized" =>
            response.As(FailureKind.Forbidden, "The key's user or role may not do this", Delivered.No),
        "SubscriptionRequiredException" or "OptInRequired" =>
            response.As(FailureKind.Forbidden, "The account of the key cannot use Textract", Delivered.No),
        "InvalidS3ObjectException" => response.As(
            FailureKind.Forbidden,
            "Textract cannot read the object in the bucket: the key needs s3:GetObject, and the bucket must be in the region",
            Delivered.No),
        "InvalidKMSKeyException" => response.As(FailureKind.Forbidden, "The key may not use the KMS key of the bucket", Delivered.No),
        "ProvisionedThroughputExceededException" or "ThrottlingException" =>
            response.As(FailureKind.Throttled, "Amazon limits the request rate", Delivered.No),
        "LimitExceededException" => response.As(FailureKind.Throttled, "Too many jobs run in this account of Amazon", Delivered.No),
        "UnsupportedDocumentException" => response.As(
            FailureKind.InvalidInput,
            "Textract does not read this document. It takes PNG, JPEG, PDF and TIFF without a password; several pages need a bucket in the "
                + "connection",
            Delivered.No),
        "DocumentTooLargeException" => response.As(FailureKind.InvalidInput, "The document is larger than Textract takes", Delivered.No),
        "BadDocumentException" =>
            response.As(FailureKind.InvalidInput, "Textract cannot read the document: it seems to be damaged", Delivered.No),
        "InvalidParameterException" or "ValidationException" =>
            response.As(FailureKind.InvalidInput, "Textract rejected the request", Delivered.No),
        "IdempotentParameterMismatchException" => response.As(
            FailureKind.InvalidInput,
            "An earlier attempt started a job for another bucket or other features, and its result is lost. Run the activity again",
            Delivered.Yes),
        UnknownJob => response.As(
            FailureKind.NotFound, "Textract no longer has the job: it keeps a result for 7 days. Run the activity again", Delivered.Yes),
        "InternalServerError" or "InternalFailure" or "ServiceUnavailableException" =>
            response.As(FailureKind.Unavailable, "Textract failed", Delivered.Maybe),
        _ => response.Failure ?? (response.Status == 404
            ? response.As(FailureKind.NotFound, "There is no Textract at the address", Delivered.No)
            : response.As(FailureKind.InvalidInput, "Textract rejected the request", Delivered.No))
    };

    /// <summary>The failure of a job that Textract itself ended.</summary>
    public static ConnectorResult.Failed Ended(string? message)
    {
        const string words = "Textract could not read the document.";
        return new ConnectorResult.Failed(
            FailureKind.InvalidInput, message is null ? words : $"{words} Textract says: {message}", Delivered.Yes, Answered: true)
        {
            OwnWords = words
        };
    }

    public static ConnectorResult.Failed NotAsDescribed() => new(
        FailureKind.Unavailable, "Textract's answer is not what its API description says.", Delivered.Maybe, Answered: true);

    // One code stands for three faults. Only the message tells a wrong clock or region from a wrong key.
    private static ConnectorResult.Failed Signature(ApiResponse response)
    {
        var text = response.Text!;
        if (text.Contains("expired", StringComparison.OrdinalIgnoreCase) || text.Contains("not yet current", StringComparison.Ordinal))
            return response.As(FailureKind.Operator, "The clock of this service is wrong", Delivered.No);
        return text.Contains("Credential should be scoped", StringComparison.Ordinal)
            ? response.As(FailureKind.InvalidInput, "The service is in another region: enter its region in the connection", Delivered.No)
            : response.As(FailureKind.ReauthRequired, "The secret access key does not belong to the access key id", Delivered.No);
    }
}
