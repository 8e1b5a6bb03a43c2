using Connections.Domain;
using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

/// <summary>Whether a test has accepted the live credentials since they were last reported as rejected.</summary>
public sealed class TestedSinceRejectionTests : ConnectionSpec
{
    private static readonly ConnectionTested Passed = new(Probe, Outcome.Ok, "Connected.", 1, Requested: true);
    private static readonly ConnectionReconnected ByTest = Reconnected with { VaultEntry = "v1-a", SameGrant = true };

    public static TheoryData<bool, ConnectionEvent[]> Histories => new()
    {
        { false, [Created] },
        { false, [Created, Passed] },
        { false, [Created, Refused] },
        { false, [Created, Refused, Passed with { Outcome = Outcome.Unavailable }] },
        { false, [Created, Refused, Reconnected] },
        { false, [Created, Refused, ByTest] },
        { true, [Created, Refused, Passed] },
        { true, [Created, Refused, Passed, ByTest] },
        { true, [Created, Refused, Passed, ByTest, Unavailable, Passed] },
        { true, [Created, Refused, Passed, ByTest, new ConnectionRenamed("Till")] },
        { true, [Created, Refused, Passed, ByTest, ByTest with { CredentialVersion = 3, VaultEntry = "t-late" }] },
        { false, [Created, Refused, Passed, ByTest, Refused with { CredentialVersion = 2 }] },
        { false, [Created, Refused, Passed, ByTest, Reconnected with { CredentialVersion = 3 }] },
        { true, [Created, Refused, Passed, ByTest, Refused with { CredentialVersion = 2 }, Passed with { CredentialVersion = 2 }] }
    };

    [Theory]
    [MemberData(nameof(Histories))]
    public void A_test_after_the_rejection_counts_until_the_credentials_change_or_are_rejected_again(bool expected, ConnectionEvent[] history)
    {
        var (tested, status) = (false, ConnectionStatus.Absent);
        foreach (var e in history)
        {
            tested = ConnectionState.TestedSinceRejection(tested, status, e);
            status = ConnectionState.StatusAfter(status, e);
        }

        Assert.Equal(expected, tested);
    }
}
