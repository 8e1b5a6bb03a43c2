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
    public void The_same_id_with_the_same_body_is_a_repeated_request() =>
        Given(Created).When(new CreateConnection(Created)).ThenNothing();

    [Fact]
    public void Credentials_are_not_compared() =>
        Given(Created)
            .When(new CreateConnection(Created with { VaultEntry = "v1-other", Credentials = Json("""{"username":"root"}""") }))
            .ThenNothing();

    [Fact]
    public void Settings_are_compared_by_value_and_not_by_format() =>
        Given(Created)
            .When(new CreateConnection(Created with { Settings = Json("""{ "port": 5432, "host": "db.example.com" }""") }))
            .ThenNothing();

    [Fact]
    public void The_body_is_compared_with_the_creation_and_not_with_the_current_state() =>
        Given(Created, new ConnectionRenamed("Till"), Reconnected with { Settings = Json("{}") })
            .When(new CreateConnection(Created))
            .ThenNothing();

    [Fact]
    public void The_same_id_with_another_name_is_rejected() =>
        Given(Created).When(new CreateConnection(Created with { Name = "Till" })).ThenRejected("connection.id-reused");

    [Fact]
    public void The_same_id_with_another_connector_is_rejected() =>
        Given(Created).When(new CreateConnection(Created with { Connector = "mysql" })).ThenRejected("connection.id-reused");

    [Fact]
    public void The_same_id_with_other_settings_is_rejected() =>
        Given(Created).When(new CreateConnection(Created with { Settings = Json("{}") })).ThenRejected("connection.id-reused");

    [Fact]
    public void An_abandoned_id_cannot_be_used_again() =>
        Given(Abandoned).When(new CreateConnection(Created)).ThenRejected("connection.id-reused");

    [Fact]
    public void A_deleted_id_cannot_be_used_again() =>
        Given(Created, Deleted).When(new CreateConnection(Created)).ThenRejected("connection.deleted");
}
