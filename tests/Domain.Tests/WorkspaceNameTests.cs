using Connections.Domain;

namespace Domain.Tests;

public sealed class WorkspaceNameTests
{
    private const string LongestName = "a23456789-123456789-123456789-123456789-123456789-123456789-123";

    [Theory]
    [InlineData("a")]
    [InlineData("7")]
    [InlineData("acme")]
    [InlineData("acme-europe-2")]
    [InlineData("acme-")]
    [InlineData(LongestName)]
    public void Lower_case_letters_digits_and_dashes_make_a_name(string name) => Assert.True(WorkspaceName.IsValid(name));

    [Theory]
    [InlineData("")]
    [InlineData("-acme")]
    [InlineData("Acme")]
    [InlineData("acme europe")]
    [InlineData("acme_europe")]
    [InlineData("acme.europe")]
    [InlineData("acmé")]
    [InlineData("acme١")]
    [InlineData("acme\n")]
    [InlineData("\nacme")]
    [InlineData("other\nacme")]
    [InlineData(LongestName + "4")]
    public void Other_text_is_not_a_name(string name) => Assert.False(WorkspaceName.IsValid(name));
}
