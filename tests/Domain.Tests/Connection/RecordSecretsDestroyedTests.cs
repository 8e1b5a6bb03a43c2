using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class RecordSecretsDestroyedTests : ConnectionSpec
{
    [Fact]
    public void It_is_recorded_behind_the_delete() =>
        Given(Created, Deleted).When(new RecordSecretsDestroyed("notSupported")).Then(new ConnectionSecretsDestroyed("notSupported"));

    [Fact]
    public void It_is_recorded_once() =>
        Given(Created, Deleted, new ConnectionSecretsDestroyed("yes")).When(new RecordSecretsDestroyed("no")).ThenNothing();

    [Fact]
    public void Of_a_connection_that_lives_nothing_was_destroyed() =>
        Given(Created).When(new RecordSecretsDestroyed("yes")).ThenNothing();
}
