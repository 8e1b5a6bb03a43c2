using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class RenameConnectionTests : ConnectionSpec
{
    [Fact]
    public void A_connection_is_renamed() =>
        Given(Created).When(new RenameConnection("Till")).Then(new ConnectionRenamed("Till"));

    [Fact]
    public void The_current_name_changes_nothing() => Given(Created).When(new RenameConnection("Shop")).ThenNothing();

    [Fact]
    public void The_same_name_in_another_spelling_is_displayed_in_the_new_spelling() =>
        Given(Created).When(new RenameConnection("SHOP")).Then(new ConnectionRenamed("SHOP"));

    [Fact]
    public void A_connection_may_return_to_an_earlier_name() =>
        Given(Created, new ConnectionRenamed("Till")).When(new RenameConnection("Shop")).Then(new ConnectionRenamed("Shop"));

    [Fact]
    public void A_connection_that_requires_a_reconnect_may_be_renamed() =>
        Given(Created, Refused).When(new RenameConnection("Till")).Then(new ConnectionRenamed("Till"));

    [Fact]
    public void A_deleted_connection_cannot_be_renamed() =>
        Given(Created, Deleted).When(new RenameConnection("Shop")).ThenRejected("connection.deleted");

    [Fact]
    public void An_abandoned_id_is_not_found() =>
        Given(Abandoned).When(new RenameConnection("Till")).ThenRejected("connection.not-found");
}
