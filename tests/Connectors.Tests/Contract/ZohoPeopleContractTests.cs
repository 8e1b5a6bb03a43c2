using Connections.Domain;

namespace Connectors.Tests.Contract;

/// <summary>The definition of Zoho People.</summary>
public sealed class ZohoPeopleContractTests : ConnectorContract
{
    protected override string Connector => "zoho-people";

    protected override string ServerPath => "/people/api";

    protected override string Good => """{"response":{"result":[],"status":0},"ZUID":843382}""";

    protected override (string, object) Read => ("list-employees", new { });

    protected override (string, object) Write => (
        "request-time-off", new { employeeId = "1", typeId = "78", start = "2026-12-24", end = "2026-12-28" });

    protected override FailureKind TooLarge => FailureKind.InvalidInput;
}
