using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class RecordSecretsDestroyedTests : ConnectionSpec
{
    [Fact]
    public void The_destruction_is_recorded_after_the_deletion() =>
        Given(Created, Deleted).When(new RecordSecretsDestroyed("notSupported")).Then(new ConnectionSecretsDestroyed("notSupported"));

    [Fact]
    public void The_destruction_is_recorded_once() =>
        Given(Created, Deleted, new ConnectionSecretsDestroyed("yes")).When(new RecordSecretsDestroyed("no")).ThenNothing();

    [Fact]
    public void An_existing_connection_records_no_destruction() =>
        Given(Created).When(new RecordSecretsDestroyed("yes")).ThenNothing();
}
