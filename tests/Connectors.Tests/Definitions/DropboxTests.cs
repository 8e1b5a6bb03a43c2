using Connections.Connectors;
using Connections.Connectors.Definitions;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connectors.Tests.Definitions;

/// <summary>The definition of Dropbox by what its documentation and description say.</summary>
public sealed class DropboxTests
{
    private const string File = """{".tag":"file","name":"a.pdf","id":"id:1","rev":"a1c10ce0dd78","size":7}""";

    [Theory]
    [InlineData(400, "Error in call to API function", FailureKind.InvalidInput)]
    [InlineData(401, """{"error_summary":"invalid_access_token/..","error":{".tag":"invalid_access_token"}}""", FailureKind.ReauthRequired)]
    [InlineData(401, """{"error_summary":"expired_access_token/","error":{".tag":"expired_access_token"}}""", FailureKind.ReauthRequired)]
    [InlineData(401, """{"error_summary":"user_suspended/.","error":{".tag":"user_suspended"}}""", FailureKind.ReauthRequired)]
    [InlineData(401, """{"error_summary":"missing_scope/.","error":{".tag":"missing_scope","required_scope":"files.metadata.read"}}""", FailureKind.Forbidden)]
    [InlineData(401, """{"error_summary":"route_access_denied/.","error":{".tag":"route_access_denied"}}""", FailureKind.Forbidden)]
    [InlineData(401, """{"error_summary":"invalid_select_user/.","error":{".tag":"invalid_select_user"}}""", FailureKind.InvalidInput)]
    [InlineData(401, "{}", FailureKind.ReauthRequired)]
    [InlineData(403, """{"error_summary":"no_permission/.","error":{".tag":"no_permission","no_permission":{}}}""", FailureKind.Forbidden)]
    [InlineData(409, """{"error_summary":"path/not_found/..","error":{".tag":"path","path":{".tag":"not_found"}}}""", FailureKind.NotFound)]
    [InlineData(409, """{"error_summary":"path/not_folder/.","error":{".tag":"path","path":{".tag":"not_folder"}}}""", FailureKind.InvalidInput)]
    [InlineData(409, """{"error_summary":"path/malformed_path/.","error":{".tag":"path","path":{".tag":"malformed_path","malformed_path":"x"}}}""", FailureKind.InvalidInput)]
    [InlineData(409, """{"error_summary":"path/restricted_content/.","error":{".tag":"path","path":{".tag":"restricted_content"}}}""", FailureKind.Forbidden)]
    [InlineData(409, """{"error_summary":"other/.","error":{".tag":"other"}}""", FailureKind.InvalidInput)]
    [InlineData(409, """{"error_summary":"malformed","error":"other"}""", FailureKind.InvalidInput)]
    [InlineData(429, """{"error_summary":"too_many_requests/.","error":{"reason":{".tag":"too_many_requests"}}}""", FailureKind.Throttled)]
    public async Task An_error_has_its_kind(int status, string body, FailureKind kind)
    {
        await using var dropbox = await Start((status, body));
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(await List(dropbox, new { })).Kind);
    }

    [Fact]
    public async Task A_cursor_that_is_no_longer_valid_is_invalid_input()
    {
        await using var dropbox = await Start((409, """{"error_summary":"reset/.","error":{".tag":"reset"}}"""));
        Assert.Equal(FailureKind.InvalidInput, Assert.IsType<ConnectorResult.Failed>(await List(dropbox, new { cursor = "c1" })).Kind);
    }

    [Theory]
    [InlineData("path_lookup", "restricted_content", FailureKind.Forbidden)]
    [InlineData("path_write", "no_write_permission", FailureKind.Forbidden)]
    [InlineData("path_write", "insufficient_space", FailureKind.Forbidden)]
    [InlineData("path_write", "conflict", FailureKind.InvalidInput)]
    [InlineData("path_write", "too_many_write_operations", FailureKind.Throttled)]
    [InlineData("path_write", "an_unknown_error", FailureKind.InvalidInput)]
    public async Task An_error_of_a_deletion_has_its_kind(string outer, string inner, FailureKind kind)
    {
        await using var dropbox = await Start((200, File), (409, Error(outer, inner)));
        Assert.Equal(kind, Assert.IsType<ConnectorResult.Failed>(await Delete(dropbox)).Kind);
        Assert.Equal(2, dropbox.Requests.Count());
    }

    [Fact]
    public async Task A_missing_scope_is_named()
    {
        await using var dropbox = await Start((401, """{"error":{".tag":"missing_scope","required_scope":"files.content.write"}}"""));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Delete(dropbox));
        Assert.Equal("Dropbox requires the scope files.content.write; the sign-in does not have it.", failed.Message);
        Assert.Single(dropbox.Requests);
    }

    [Fact]
    public async Task The_wait_is_read_from_the_body()
    {
        await using var dropbox = await Start((429, """{"error":{"reason":{".tag":"too_many_requests"},"retry_after":300}}"""));
        var failed = Assert.IsType<ConnectorResult.Failed>(await List(dropbox, new { }));
        Assert.Equal((Delivered.No, TimeSpan.FromSeconds(300)), (failed.Delivered, failed.RetryAfter));
    }

    [Fact]
    public async Task An_expired_token_is_refreshed_once()
    {
        await using var dropbox = await Start(
            (401, """{"error":{".tag":"expired_access_token"}}"""), (200, """{"entries":[],"cursor":"c","has_more":false}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await List(dropbox, new { }));
        Assert.Equal("""{"files":[]}""", done.Output.GetRawText());
        Assert.Equal(["Bearer canary-1", "Bearer canary-2"], dropbox.Headers.Select(h => h["Authorization"]));
    }

    [Fact]
    public async Task Files_and_folders_are_listed_page_by_page_without_what_was_deleted()
    {
        await using var dropbox = await Start(
            (200, """{"entries":[{".tag":"file","name":"a.pdf","id":"id:1","client_modified":"2015-05-12T15:50:38Z","server_modified":"2015-05-12T15:50:39Z","rev":"a1c10ce0dd78","size":7212,"path_lower":"/h/a.pdf","path_display":"/H/a.pdf","content_hash":"e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0"}],"cursor":"c1","has_more":true}"""),
            (200, """{"entries":[{".tag":"deleted","name":"old.pdf","path_display":"/H/old.pdf"},{".tag":"folder","name":"m","id":"id:2","path_display":"/H/m"}],"cursor":"c2","has_more":true}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await List(dropbox, new { folder = "/H", limit = 2 }));
        var files = done.Output.GetProperty("files").EnumerateArray().ToList();
        Assert.Equal(
            """{"id":"id:1","name":"a.pdf","path":"/H/a.pdf","folder":false,"size":7212,"changedAt":"2015-05-12T15:50:39Z","hash":"e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0e3b0"}""",
            files[0].GetRawText());
        Assert.Equal(("id:2", true), (files[1].GetProperty("id").GetString(), files[1].GetProperty("folder").GetBoolean()));
        Assert.Equal(2, files.Count);
        Assert.Equal("c2", done.Output.GetProperty("next").GetString());
        Assert.Equal(["POST /2/files/list_folder", "POST /2/files/list_folder/continue"], dropbox.Requests);
        Assert.Equal(["""{"path":"/H","limit":2}""", """{"cursor":"c1"}"""], dropbox.Bodies);
        Assert.StartsWith("application/json", dropbox.Headers.First()["Content-Type"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(null, """{"path":"","limit":100}""")]
    [InlineData("/", """{"path":"","limit":100}""")]
    [InlineData("/H", """{"path":"/H","limit":100}""")]
    [InlineData("id:1", """{"path":"id:1","limit":100}""")]
    public async Task The_top_is_an_empty_path(string? folder, string body)
    {
        await using var dropbox = await Start((200, """{"entries":[],"cursor":"c","has_more":false}"""));
        Assert.IsType<ConnectorResult.Done>(folder is null ? await List(dropbox, new { }) : await List(dropbox, new { folder }));
        Assert.Equal(body, dropbox.Bodies.Single());
    }

    [Fact]
    public async Task A_list_goes_on_at_the_cursor()
    {
        await using var dropbox = await Start((200, """{"entries":[],"cursor":"c2","has_more":false}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await List(dropbox, new { cursor = "c1" }));
        Assert.Equal("""{"files":[]}""", done.Output.GetRawText());
        Assert.Equal(["POST /2/files/list_folder/continue"], dropbox.Requests);
        Assert.Equal("""{"cursor":"c1"}""", dropbox.Bodies.Single());
    }

    [Fact]
    public async Task A_query_keeps_the_names_that_contain_it()
    {
        await using var dropbox = await Start((200, """{"entries":[{".tag":"file","name":"invoice 1.pdf","id":"id:1"},{".tag":"file","name":"b.pdf","id":"id:2"},{".tag":"folder","name":"old invoices","id":"id:3"}],"cursor":"c","has_more":false}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await List(dropbox, new { query = "invoice", vendor = new { recursive = true } }));
        Assert.Equal(["id:1", "id:3"], done.Output.GetProperty("files").EnumerateArray().Select(f => f.GetProperty("id").GetString()));
        Assert.Equal("""{"path":"","recursive":true,"limit":200}""", dropbox.Bodies.Single());
    }

    [Fact]
    public async Task A_file_is_deleted_as_it_was_looked_up()
    {
        await using var dropbox = await Start((200, File), (200, $$"""{"metadata":{{File}}}"""));
        var done = Assert.IsType<ConnectorResult.Done>(await Delete(dropbox));
        Assert.Equal("""{"id":"id:1"}""", done.Output.GetRawText());
        Assert.Equal(["POST /2/files/get_metadata", "POST /2/files/delete_v2"], dropbox.Requests);
        Assert.Equal(["""{"path":"/a.pdf"}""", """{"path":"id:1","parent_rev":"a1c10ce0dd78"}"""], dropbox.Bodies);
    }

    [Fact]
    public async Task A_folder_is_not_deleted()
    {
        await using var dropbox = await Start((200, """{".tag":"folder","name":"m","id":"id:2"}"""));
        var failed = Assert.IsType<ConnectorResult.Failed>(await Delete(dropbox));
        Assert.Equal((FailureKind.InvalidInput, Delivered.No), (failed.Kind, failed.Delivered));
        Assert.Equal(["POST /2/files/get_metadata"], dropbox.Requests);
    }

    [Fact]
    public async Task A_file_that_is_not_there_is_deleted_already()
    {
        await using var missing = await Start((409, Error("path", "not_found")));
        Assert.Equal("""{"id":"/a.pdf"}""", Assert.IsType<ConnectorResult.Done>(await Delete(missing)).Output.GetRawText());
        Assert.Single(missing.Requests);
        await using var meanwhile = await Start((200, File), (409, Error("path_lookup", "not_found")));
        Assert.Equal("""{"id":"id:1"}""", Assert.IsType<ConnectorResult.Done>(await Delete(meanwhile)).Output.GetRawText());
    }

    [Fact]
    public async Task The_account_is_asked_for_with_an_empty_body_and_no_content_type()
    {
        await using var dropbox = await Start((200, """{"account_id":"dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc","name":{"display_name":"Ann"},"email":"ann@a.example","disabled":false}"""));
        var account = (await dropbox.Probe(new { }, "oauth")).Account!;
        Assert.Equal(("dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc", "account-id", "ann@a.example"), (account.Id, account.Basis, account.Display));
        Assert.Equal(["POST /2/users/get_current_account"], dropbox.Requests);
        Assert.Equal("", dropbox.Bodies.Single());
        Assert.False(dropbox.Headers.Single().ContainsKey("Content-Type"));
    }

    [Fact]
    public async Task A_member_of_a_team_reaches_the_folders_of_the_team()
    {
        await using var dropbox = await Start(
            (200, """{"account_id":"dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc","email":"ann@a.example","disabled":false,"root_info":{".tag":"team","root_namespace_id":"3235641","home_namespace_id":"1"}}"""),
            (200, """{"entries":[],"cursor":"c","has_more":false}"""),
            (422, """{"error_summary":"invalid_root/.","error":{".tag":"invalid_root","invalid_root":{"root_namespace_id":"2"}}}"""));
        var probed = await dropbox.Probe(new { }, "oauth");
        Assert.Equal([KeyValuePair.Create("root", "3235641")], probed.Kept);
        Assert.False(dropbox.Headers.Single().ContainsKey("Dropbox-API-Path-Root"));

        dropbox.Kept["root"] = probed.Kept["root"];
        Assert.IsType<ConnectorResult.Done>(await List(dropbox, new { }));
        Assert.Equal("""{".tag":"root","root":"3235641"}""", dropbox.Headers.Last()["Dropbox-API-Path-Root"]);
        var moved = Assert.IsType<ConnectorResult.Failed>(await List(dropbox, new { folder = "/H" }));
        Assert.Equal(FailureKind.ReauthRequired, moved.Kind);
    }

    [Fact]
    public async Task A_disabled_account_must_sign_in_again()
    {
        await using var dropbox = await Start((200, """{"account_id":"dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc","disabled":true}"""));
        var failure = (await dropbox.Probe(new { }, "oauth")).Failure!;
        Assert.Equal((FailureKind.ReauthRequired, "The Dropbox account is disabled."), (failure.Kind, failure.Message));
    }

    [Fact]
    public void The_sign_in_asks_for_a_refresh_token_and_few_scopes()
    {
        var entry = DefinitionFile.Embedded().Single(f => f.Entry.Id == "dropbox").Entry;
        Assert.Equal("offline", entry.OAuth!.AuthorizeParameters!["token_access_type"]);
        Assert.Equal(["account_info.read", "files.metadata.read", "files.content.read", "files.content.write"], entry.Scopes.Select(s => s.Name));
        Assert.Equal((Rotation.None, RevokeReach.Token), (entry.OAuth.Rotation, entry.OAuth.Revoke));
        var granted = Assert.IsType<TokenResponse.Granted>(TokenResponse.Read(
            200, """{"access_token":"sl.1","token_type":"bearer","expires_in":14400,"refresh_token":"r1","scope":"account_info.read files.metadata.read","account_id":"dbid:AAH4f99T0taONIb-OurWxbNQ6ywGRopQngc"}""",
            null, entry.OAuth, default)).Grant;
        Assert.Equal(["account_info.read", "files.metadata.read"], granted.Scopes!);
        var failed = Assert.IsType<TokenResponse.Failed>(TokenResponse.Read(400, """{"error":"invalid_grant"}""", null, entry.OAuth, default));
        Assert.Equal(FailureKind.ReauthRequired, failed.Kind);
    }

    private static string Error(string outer, string inner) =>
        $$"""{"error_summary":"{{outer}}/{{inner}}/..","error":{".tag":"{{outer}}","{{outer}}":{".tag":"{{inner}}"} } }""";

    private static Task<ConnectorResult> List(Scripted dropbox, object input) => dropbox.Run("list-files", input, new { }, "oauth");

    private static Task<ConnectorResult> Delete(Scripted dropbox) => dropbox.Run("delete-file", new { id = "/a.pdf" }, new { }, "oauth");

    private static Task<Scripted> Start(params (int, string)[] answers) => Scripted.Start("dropbox", "/2", null, answers);
}
