using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connectors.Tests.Contract;

/// <summary>The definition of Dropbox. All its activities can be repeated.</summary>
public sealed class DropboxContractTests : ConnectorContract
{
    protected override string Connector => "dropbox";

    protected override IEnumerable<KeyValuePair<string, string>> Servers => [new("api", "/2"), new("content", "/2")];

    protected override string Good =>
        """{"account_id":"dbid:1","email":"ann@demo.example","entries":[],"has_more":false,"id":"id:1","name":"a.txt","path_display":"/a.txt"}""";

    protected override (string, object) Read => ("list-files", new { });

    protected override (string, object) Write => ("upload-file", new { name = "a.txt", file = new { name = "a.txt", base64 = "YQ==" } });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;

    protected override int Attempts => 1 + ShortRetries.MaxRetries;
}
