using Connections.Connectors.Catalogue;

namespace Connections.Connectors.GoogleVision;

internal static class GoogleVisionEntry
{
    public const string Id = "google-vision";
    public const string ExtractText = "extract-text";
    public const string ServiceAccountWay = "serviceAccount";
    public const string ApiKeyWay = "apiKey";
    public const string Global = "global";

    public static CatalogueEntry Create()
    {
        var common = CommonActivities.Find(ExtractText)!;
        return new CatalogueEntry(
            Id, "Google Vision", "ocr", "Extract text from images and PDFs with Google Cloud Vision.", "apiKey",
            Settings:
            [
                new FormField(
                    CatalogueEntry.Authenticating, "Sign in with", "string", false, false,
                    "serviceAccount: the key of a service account. apiKey: an API key of the project.", ServiceAccountWay, ServiceAccountWay,
                    [ServiceAccountWay, ApiKeyWay])
                {
                    Labels = new Dictionary<string, string> { [ServiceAccountWay] = "Service account", [ApiKeyWay] = "API key" }
                },
                new FormField(
                    "region", "Region", "string", false, false,
                    "Where Google processes the documents. eu and us keep them in the region.", Global, Global, [Global, "eu", "us"]),
                new FormField(
                    "project", "Project", "string", false, false,
                    "The id of the project. Needed for a region with an API key; otherwise the key of the service account names it.",
                    "acme-documents", MaxBytes: 128, Pattern: "[a-z][a-z0-9.:-]*")
            ],
            Credentials:
            [
                new FormField(
                    "serviceAccountKey", "Key of the service account", "text", false, true,
                    "The whole JSON file that Google Cloud offers under IAM, Service accounts, Keys.", MaxBytes: 16 * 1024)
                {
                    For = [ServiceAccountWay]
                },
                new FormField(
                    "apiKey", "API key", "string", false, true,
                    "Under APIs and services, Credentials. Restrict it to the Cloud Vision API.", MaxBytes: 512, Trimmed: true)
                {
                    For = [ApiKeyWay]
                }
            ],
            Scopes: [],
            Activities: [new ActivityDescription(ExtractText, common.Name, common.Description, common.Input, common.Output, common.Example)],
            Documentation: "https://cloud.google.com/vision/docs");
    }
}
