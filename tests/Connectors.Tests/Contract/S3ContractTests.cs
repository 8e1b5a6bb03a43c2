using Connections.Connectors;
using TestServers;

namespace Connectors.Tests.Contract;

/// <summary>The connector of S3, at a compatible store. An upload that does not replace cannot be repeated.</summary>
public sealed class S3ContractTests : ConnectorContract
{
    protected override string Connector => "aws-s3";

    protected override (string, object) Read => ("list-files", new { });

    protected override (string, object) Write => ("upload-file", new { name = "a.txt", file = new { name = "a.txt", base64 = "YQ==" } });

    protected override string Good => """<?xml version="1.0"?><ListBucketResult><Name>files</Name><IsTruncated>false</IsTruncated></ListBucketResult>""";

    protected override int Rejected => 1;

    // Before an upload, the connector asks whether the object exists.
    protected override bool Precedes(ReceivedRequest request) => request is { Method: "HEAD", Target: "/files/a.txt" };

    protected override (int Status, string Body) Reply(ReceivedRequest request) => Precedes(request) ? (404, "") : base.Reply(request);

    protected override ConnectionUse Use(int version) =>
        Typed(new { endpoint = Address, bucket = "files" }, new { accessKeyId = "AKIA1", secretAccessKey = Canary }, version);
}
