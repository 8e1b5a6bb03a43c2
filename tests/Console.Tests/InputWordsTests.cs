using Connections.Console.Words;

namespace Console.Tests;

public sealed class InputWordsTests
{
    [Theory]
    [InlineData("sql", "SQL")]
    [InlineData("maxRows", "Max rows")]
    [InlineData("replyTo", "Reply to")]
    [InlineData("employeeId", "Employee ID")]
    [InlineData("idempotency_key", "Idempotency key")]
    [InlineData("callbackURL", "Callback URL")]
    [InlineData("CRMModule", "CRMModule")]
    [InlineData("to", "To")]
    [InlineData("ä", "Ä")]
    [InlineData("_", "_")]
    [InlineData("", "")]
    public void A_member_of_an_input_is_named_in_words(string member, string words) => Assert.Equal(words, InputWords.For(member));
}
