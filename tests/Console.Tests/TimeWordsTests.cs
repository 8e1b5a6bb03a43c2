using Connections.Console.Words;

namespace Console.Tests;

public sealed class TimeWordsTests
{
    [Theory]
    [InlineData(0, "0 ms")]
    [InlineData(240.4, "240 ms")]
    [InlineData(999.4, "999 ms")]
    [InlineData(999.6, "1 s")]
    [InlineData(1_940, "1.9 s")]
    [InlineData(59_940, "59.9 s")]
    [InlineData(59_960, "60 s")]
    [InlineData(60_000, "1 min")]
    [InlineData(7_500_000, "2 h 5 min")]
    public void Work_took_a_time_that_a_person_reads(double milliseconds, string words) =>
        Assert.Equal(words, TimeWords.Took(TimeSpan.FromMilliseconds(milliseconds)));
}
