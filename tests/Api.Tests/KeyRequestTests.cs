using Connections.Hosting.Keys;
using EventSourcing;

namespace Api.Tests;

public sealed class KeyRequestTests
{
    private static readonly DateTimeOffset Now = new(2026, 11, 1, 0, 0, 0, TimeSpan.Zero);

    [Theory]
    [InlineData("acme\n")]
    [InlineData("acme\r\n")]
    [InlineData("\nacme")]
    [InlineData("-acme")]
    [InlineData("Acme")]
    [InlineData("")]
    public void A_workspace_that_no_stream_can_name_is_rejected(string workspace)
    {
        var rejected = Assert.Throws<RejectedException>(() => Read(workspace));
        Assert.Equal("request.malformed", rejected.Code);
        Assert.Equal("workspace", Assert.Single(rejected.Errors).Field);
    }

    [Theory]
    [InlineData("acme")]
    [InlineData("0-a")]
    public void A_workspace_of_letters_digits_and_dashes_is_accepted(string workspace) => Assert.Equal(workspace, Read(workspace).Workspace);

    private static KeyRequest Read(string workspace) =>
        KeyRequest.Read("reporting", "viewer", workspace, expiresAt: null, own: "default", mayNameWorkspace: true, Now);
}
