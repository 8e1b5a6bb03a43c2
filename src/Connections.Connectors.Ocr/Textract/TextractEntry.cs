using Connections.Connectors.Catalogue;
using Connections.Connectors.S3;

namespace Connections.Connectors.Textract;

internal static class TextractEntry
{
    public const string Id = "aws-textract";
    public const string ExtractText = "extract-text";

    public static CatalogueEntry Create()
    {
        var common = CommonActivities.Find(ExtractText)!;
        return new CatalogueEntry(
            Id, "Amazon Textract", "ocr", "Extract text, tables and forms from images and documents with Amazon Textract.", "apiKey",
            Settings:
            [
                new FormField("region", "Region", "string", false, false,
                    "The region that processes the documents, and that the bucket is in. Amazon does not have Textract in every region.",
                    "eu-central-1", S3Entry.DefaultRegion, MaxBytes: 64, Pattern: "[a-z0-9]+(-[a-z0-9]+)*"),
                new FormField("bucket", "Bucket", "string", false, false,
                    "For documents with several pages: a bucket of the region. Each document is stored there while Textract reads it, "
                        + $"under {TextractJob.Folder}. A rule of the bucket should remove what is older than a week there.",
                    "my-documents", MaxBytes: 63, Pattern: "[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]"),
                new FormField("endpoint", "Address of a compatible service", "string", false, false,
                    "Empty for Amazon. The address of another service that speaks the protocols of Textract and S3.",
                    "https://aws.example.com", MaxBytes: 2048),
                S3Entry.CaCertificate("For a compatible service"),
                S3Entry.Role("arn:aws:iam::123456789012:role/documents"),
                S3Entry.ExternalId
            ],
            Credentials: S3Entry.Keys(
                "Of a user who may only do what is needed: textract:DetectDocumentText, textract:AnalyzeDocument, "
                    + "textract:StartDocumentTextDetection, textract:StartDocumentAnalysis, textract:GetDocumentTextDetection, "
                    + "textract:GetDocumentAnalysis; for the bucket s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, "
                    + "s3:AbortMultipartUpload, s3:ListMultipartUploadParts."),
            Scopes: [],
            Activities:
                [new ActivityDescription(ExtractText, common.Name, common.Description, common.Input, common.Output, common.Example)],
            Documentation: "https://docs.aws.amazon.com/textract/latest/dg/what-is.html");
    }
}
