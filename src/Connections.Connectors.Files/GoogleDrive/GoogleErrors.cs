using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Domain;

namespace Connections.Connectors.GoogleDrive;

/// <summary>The errors of Google Drive (https://developers.google.com/workspace/drive/api/guides/handle-errors).</summary>
internal static class GoogleErrors
{
    private static readonly TimeSpan DownloadQuota = TimeSpan.FromHours(24);

    public static ConnectorResult.Failed Judge(ApiResponse response)
    {
        var error = ProviderError.Read(response.Status, Json.Foreign(response.Text), response.RetryAfter);
        return (error.Status, error.Code) switch
        {
            (403, "userRateLimitExceeded" or "rateLimitExceeded" or "dailyLimitExceeded" or "quotaExceeded"
                or "sharingRateLimitExceeded") =>
                error.As(FailureKind.Throttled, "Google Drive asks to slow down", Delivered.No),
            (403, "downloadQuotaExceeded") =>
                error.As(FailureKind.Throttled, "The file was fetched too often today", Delivered.No) with { RetryAfter = DownloadQuota },
            (403, "accessNotConfigured" or "domainPolicy") =>
                error.As(FailureKind.Operator, "The Drive API is not enabled for the OAuth application", Delivered.No),
            (403, "storageQuotaExceeded" or "teamDriveFileLimitExceeded") =>
                error.As(FailureKind.Forbidden, "The drive has no space left", Delivered.No),
            (403, "cannotDownloadAbusiveFile") => error.As(FailureKind.Forbidden, "Google regards the file as harmful", Delivered.No),
            (403, "exportSizeLimitExceeded") =>
                error.As(FailureKind.InvalidInput, "Google exports 10 MB of a document at most", Delivered.No),
            (403, "fileNotDownloadable") => error.As(FailureKind.InvalidInput, "The file has no content of its own", Delivered.No),
            _ => error.Standard()
        };
    }
}
