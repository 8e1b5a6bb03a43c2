using Connections.Domain;
using Connections.Operations;

namespace Operations.Tests;

/// <summary>Names that a provider chooses are stored in events and shown to people.</summary>
public sealed class ProviderNameTests
{
    [Theory]
    [InlineData("ada@example.com", "ada@example.com")]
    [InlineData("ada\nConnected: bob", "ada Connected: bob")]
    [InlineData("\u001b[31mada", " [31mada")]
    [InlineData("ada\u202ecod.exe", "ada cod.exe")]
    [InlineData("a\u0000b\u0085c\u2028d", "a b c d")]
    [InlineData("Zo\u00eb \ud83d\ude00", "Zo\u00eb \ud83d\ude00")]
    [InlineData("", "")]
    public void A_name_becomes_one_line(string text, string line) => Assert.Equal(line, Texts.Line(text));

    [Fact]
    public async Task A_name_of_any_length_is_stored_in_at_most_200_characters()
    {
        var operations = new InProcessOperations();
        operations.Connector.Reports = new Account(new string('i', 50_000), $"{new string('d', 199)}\ud83d\ude00{new string('d', 50_000)}", "sub");
        var id = Guid.CreateVersion7();
        await operations.Create(id, "Shop", "a");
        var account = (await operations.State(id)).Live!.Account;
        Assert.Equal((200, 199), (account.Id!.Length, account.Display.Length)); // a surrogate pair is not split
    }
}
