using System.Text.Json;
using Connections.Domain;

namespace Credentials.Tests;

public sealed class SecretTests
{
    private const string Canary = "canary-1d5f";
    private static readonly Secret Secret = Secret.From(JsonSerializer.SerializeToElement(new { password = Canary }));

    [Fact]
    public void A_secret_cannot_be_serialized()
    {
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(Secret));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize<object>(Secret));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new { secret = Secret }));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new Dictionary<string, Secret> { ["x"] = Secret }));
        Assert.Throws<NotSupportedException>(() => JsonSerializer.Serialize(new Holder(Secret), JsonSerializerOptions.Web));
    }

    [Fact]
    public void A_secret_cannot_be_deserialized() =>
        Assert.DoesNotContain(Canary, Assert.Throws<NotSupportedException>(() =>
            JsonSerializer.Deserialize<Secret>($$"""{"password":"{{Canary}}"}""")).ToString());

    [Fact]
    public void A_secret_is_printed_as_stars()
    {
        Assert.Equal("***", Secret.ToString());
        Assert.Equal("secret ***", $"secret {Secret}");
        Assert.Equal("Holder { Secret = *** }", new Holder(Secret).ToString());
        Assert.Equal("x *** x", string.Format(null, "x {0} x", Secret));
        Assert.DoesNotContain(Canary, new InvalidOperationException($"no luck with {Secret}").ToString());
    }

    [Fact]
    public void A_broken_document_is_not_quoted()
    {
        var broken = new Secret(System.Text.Encoding.UTF8.GetBytes($"{{\"password\": {Canary}"));
        Assert.DoesNotContain(Canary, Assert.ThrowsAny<JsonException>(() => broken.Field("password")).ToString());
    }

    [Fact]
    public void Only_reveal_and_field_return_the_content()
    {
        Assert.Equal(Canary, Secret.Field("password"));
        Assert.Equal(System.Text.Encoding.UTF8.GetBytes($$"""{"password":"{{Canary}}"}"""), Secret.Reveal().ToArray());
        Assert.Equal(["Reveal"], typeof(Secret).GetMembers().Where(member => member.DeclaringType == typeof(Secret))
            .Select(member => member.Name).Except([".ctor", "From", "None", "Field", "ToString"]));
    }

    private sealed record Holder(Secret Secret);
}
