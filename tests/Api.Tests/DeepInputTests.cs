using System.Text.Json;
using Connections.Operations.Activities;
using Connections.Web.Responses;

namespace Api.Tests;

public sealed class DeepInputTests
{
    [Fact]
    public void The_deepest_input_that_is_accepted_can_be_listed()
    {
        const int Levels = ActivityRequestFactory.MaxInputDepth;
        var input = JsonDocument.Parse(new string('[', Levels) + new string(']', Levels)).RootElement;
        var list = JsonSerializer.Serialize(new { items = new[] { new { input } } }, Json.Options); // as a page of activities
        Assert.Contains(input.GetRawText(), list, StringComparison.Ordinal);
        Assert.Equal(1, JsonSerializer.Deserialize<JsonElement>(list).GetProperty("items").GetArrayLength());
    }
}
