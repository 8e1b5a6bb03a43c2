using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class DeleteConnectionTests : ConnectionSpec
{
    [Fact]
    public void A_connection_is_deleted_at_once() => Given(Created).When(new DeleteConnection()).Then(Deleted);

    [Fact]
    public void Deleting_a_connection_twice_changes_nothing() => Given(Created, Deleted).When(new DeleteConnection()).ThenNothing();

    [Fact]
    public void An_unknown_connection_is_not_found() => Given().When(new DeleteConnection()).ThenRejected("connection.not-found");

    [Fact]
    public void An_abandoned_id_is_not_found() => Given(Abandoned).When(new DeleteConnection()).ThenRejected("connection.not-found");
}
