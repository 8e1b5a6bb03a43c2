using Connections.Connectors.Pipeline;
using Connections.Domain;
using TestServers;

namespace Connectors.Tests.Contract;

/// <summary>Google Drive. An upload looks for a file of the same name and gets an id before it sends.</summary>
public sealed class GoogleDriveContractTests : ConnectorContract
{
    protected override string Connector => "google-drive";

    protected override string Good => """{"user":{"permissionId":"1","emailAddress":"ann@demo.example"},"files":[],"ids":["n1"],"id":"n1","name":"a.txt"}""";

    protected override (string, object) Read => ("list-files", new { });

    protected override (string, object) Write => ("upload-file", new { file = new { name = "a.txt", base64 = "YQ==" } });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override bool Precedes(ReceivedRequest request) =>
        request.Target.Contains("generateIds", StringComparison.Ordinal) || request.Target.Contains("pageSize=2&", StringComparison.Ordinal);
}

/// <summary>OneDrive. A file that replaces another can be sent again.</summary>
public sealed class OneDriveContractTests : ConnectorContract
{
    protected override string Connector => "onedrive";

    protected override string Good => """{"id":"1","mail":"ann@demo.example","name":"a.txt","value":[]}""";

    protected override (string, object) Read => ("list-files", new { });

    protected override (string, object) Write => ("upload-file", new { file = new { name = "a.txt", base64 = "YQ==" }, replace = true });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override int Attempts => 1 + ShortRetries.MaxRetries;
}
