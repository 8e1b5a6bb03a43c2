using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class DeleteConnectionTests : ConnectionSpec
{
    [Fact]
    public void A_connection_is_deleted_at_once() => Given(Created).When(new DeleteConnection()).Then(Deleted);

    [Fact]
    public void Deleted_is_deleted() => Given(Created, Deleted).When(new DeleteConnection()).ThenNothing();

    [Fact]
    public void What_never_was_is_not_found() => Given().When(new DeleteConnection()).ThenRejected("connection.not-found");

    [Fact]
    public void An_abandoned_id_is_not_found() => Given(Abandoned).When(new DeleteConnection()).ThenRejected("connection.not-found");
}
