using Connections.Connectors.Catalogue;
using Connections.Connectors.Files;

namespace Connections.Connectors.S3;

internal static class S3Entry
{
    public const string Id = "aws-s3";
    public const string DefaultRegion = "us-east-1";

    public static CatalogueEntry Create() => new(
        Id, "Amazon S3", "files", "List, fetch, upload and delete files in Amazon S3 or a compatible store.", "apiKey",
        Settings:
        [
            new FormField("region", "Region", "string", false, false,
                "The region of the bucket, as the console shows it. For a compatible store, the region that it expects.",
                "eu-central-1", DefaultRegion, MaxBytes: 64, Pattern: "[a-z0-9]+(-[a-z0-9]+)*"),
            new FormField("bucket", "Bucket", "string", false, false,
                "The bucket to use. Without one, each path begins with a bucket: /my-bucket/invoices.", "my-bucket", MaxBytes: 255,
                Pattern: "[A-Za-z0-9][A-Za-z0-9._-]*"),
            new FormField("endpoint", "Address of a compatible store", "string", false, false,
                "Empty for Amazon S3. The address of MinIO, Ceph, Cloudflare R2 or another store that speaks the same protocol.",
                "https://storage.example.com", MaxBytes: 2048),
            new FormField("pathStyle", "Bucket in the path", "boolean", false, false,
                "For a compatible store: whether the bucket stands in the path of an address, and not before the host name.", true, true),
            CaCertificate("For a compatible store"),
            Role("arn:aws:iam::123456789012:role/files"),
            ExternalId
        ],
        Credentials: Keys(
            "Of a user who may only do what is needed: s3:ListBucket, s3:GetObject, s3:PutObject, s3:DeleteObject, "
                + "s3:AbortMultipartUpload, s3:ListMultipartUploadParts."),
        Scopes: [],
        Activities: [.. FileActivities.All.Select(id => FileActivities.Describe(id))],
        Documentation: "https://docs.aws.amazon.com/AmazonS3/latest/API/Welcome.html");

    public static FormField ExternalId => new(
        "externalId", "External id", "string", false, false,
        "The external id that the role's trust policy requires, if it requires one.", "connections-4711", MaxBytes: 1224,
        Pattern: "[A-Za-z0-9_+=,.@:/-]{2,}");

    public static FormField CaCertificate(string when) => new(
        "caCertificate", "CA certificate", "text", false, false,
        $"{when}: the CA certificate (PEM) that issued its certificate, if the CA is not a public one.", "-----BEGIN CERTIFICATE-----…",
        MaxBytes: 64 * 1024);

    public static FormField Role(string example) => new(
        "roleArn", "Role", "string", false, false,
        "The ARN of a role to assume with the key. Empty: the key itself is used.", example, MaxBytes: 2048,
        Pattern: "arn:aws[a-z-]*:iam::[0-9]{12}:role/.+");

    /// <summary>The keys of a user of Amazon's.</summary>
    public static FormField[] Keys(string rights) =>
    [
        new FormField("accessKeyId", "Access key id", "string", true, false, rights, "AKIAIOSFODNN7EXAMPLE", MaxBytes: 256, Trimmed: true),
        new FormField("secretAccessKey", "Secret access key", "string", true, true,
            "Shown once when the access key is created.", MaxBytes: 1024, Trimmed: true),
        new FormField("sessionToken", "Session token", "string", false, true,
            "Only for temporary keys. They expire, and the connection then has to be reconnected.", MaxBytes: 8 * 1024, Trimmed: true)
    ];
}
