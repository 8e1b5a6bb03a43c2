using System.Text.Json;
using Connections.Hosting.RabbitMq;
using Connections.Web.Responses;

namespace Api.Tests;

public sealed class UtcTimeConverterTests
{
    private static readonly DateTimeOffset InVienna = new(2026, 7, 1, 14, 30, 5, TimeSpan.FromHours(2));

    [Theory]
    [InlineData(0, "2026-07-01T12:30:05.000Z")]
    [InlineData(1_200_000, "2026-07-01T12:30:05.120Z")]
    [InlineData(1_234_567, "2026-07-01T12:30:05.123Z")]
    public void Bodies_hold_times_in_utc_to_the_millisecond(long ticks, string text) => Assert.Equal(text, Written(ticks, Json.Options));

    [Theory]
    [InlineData(0, "2026-07-01T12:30:05Z")]
    [InlineData(1_200_000, "2026-07-01T12:30:05.12Z")]
    [InlineData(1_234_567, "2026-07-01T12:30:05.1234567Z")]
    public void Messages_hold_times_in_utc_in_full(long ticks, string text) => Assert.Equal(text, Written(ticks, PlainJsonSerializer.Options));

    [Fact]
    public void A_time_with_another_offset_is_read()
    {
        Assert.Equal(InVienna, JsonSerializer.Deserialize<DateTimeOffset>("\"2026-07-01T14:30:05+02:00\"", Json.Options));
        Assert.Equal(InVienna, JsonSerializer.Deserialize<DateTimeOffset>("\"2026-07-01T14:30:05+02:00\"", PlainJsonSerializer.Options));
    }

    private static string? Written(long ticks, JsonSerializerOptions options) =>
        JsonSerializer.SerializeToElement(InVienna.AddTicks(ticks), options).GetString();
}
