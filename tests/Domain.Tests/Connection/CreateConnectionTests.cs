using Connections.Domain.Connection;

namespace Domain.Tests.Connection;

public sealed class CreateConnectionTests : ConnectionSpec
{
    [Fact]
    public void A_new_id_becomes_a_connection() => Given().When(new CreateConnection(Created)).Then(Created);

    [Fact]
    public void The_first_credentials_are_version_1() =>
        Assert.Equal(1, Given().When(new CreateConnection(Created)).Now.CredentialVersion);

    [Fact]
    public void The_same_id_with_the_same_body_is_the_same_wish() =>
        Given(Created).When(new CreateConnection(Created)).ThenNothing();

    [Fact]
    public void Credentials_are_not_compared_since_nothing_reads_them_back() =>
        Given(Created)
            .When(new CreateConnection(Created with { VaultEntry = "v1-other", Credentials = Json("""{"username":"root"}""") }))
            .ThenNothing();

    [Fact]
    public void Settings_are_compared_by_what_they_say_and_not_by_how_they_are_written() =>
        Given(Created)
            .When(new CreateConnection(Created with { Settings = Json("""{ "port": 5432, "host": "db.example.com" }""") }))
            .ThenNothing();

    [Fact]
    public void The_body_is_compared_with_what_was_created_and_not_with_what_became_of_it() =>
        Given(Created, new ConnectionRenamed("Till"), Reconnected with { Settings = Json("{}") })
            .When(new CreateConnection(Created))
            .ThenNothing();

    [Fact]
    public void The_same_id_with_another_name_is_refused() =>
        Given(Created).When(new CreateConnection(Created with { Name = "Till" })).ThenRejected("connection.id-reused");

    [Fact]
    public void The_same_id_with_another_connector_is_refused() =>
        Given(Created).When(new CreateConnection(Created with { Connector = "mysql" })).ThenRejected("connection.id-reused");

    [Fact]
    public void The_same_id_with_other_settings_is_refused() =>
        Given(Created).When(new CreateConnection(Created with { Settings = Json("{}") })).ThenRejected("connection.id-reused");

    [Fact]
    public void An_abandoned_id_is_spent() =>
        Given(Abandoned).When(new CreateConnection(Created)).ThenRejected("connection.id-reused");

    [Fact]
    public void A_deleted_id_does_not_come_back() =>
        Given(Created, Deleted).When(new CreateConnection(Created)).ThenRejected("connection.deleted");
}
