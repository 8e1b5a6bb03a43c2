using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class RenameConnectionTests : ConnectionSpec
{
    [Fact]
    public void A_connection_gets_another_name() =>
        Given(Created).When(new RenameConnection("Till")).Then(new ConnectionRenamed("Till"));

    [Fact]
    public void The_name_it_has_changes_nothing() => Given(Created).When(new RenameConnection("Shop")).ThenNothing();

    [Fact]
    public void The_same_name_written_otherwise_is_shown_as_it_is_written_now() =>
        Given(Created).When(new RenameConnection("SHOP")).Then(new ConnectionRenamed("SHOP"));

    [Fact]
    public void It_may_be_named_back() =>
        Given(Created, new ConnectionRenamed("Till")).When(new RenameConnection("Shop")).Then(new ConnectionRenamed("Shop"));

    [Fact]
    public void What_needs_mending_may_be_renamed() =>
        Given(Created, Refused).When(new RenameConnection("Till")).Then(new ConnectionRenamed("Till"));

    [Fact]
    public void A_deleted_connection_is_not_renamed() =>
        Given(Created, Deleted).When(new RenameConnection("Shop")).ThenRejected("connection.deleted");

    [Fact]
    public void An_abandoned_id_reads_as_not_found() =>
        Given(Abandoned).When(new RenameConnection("Till")).ThenRejected("connection.not-found");
}
