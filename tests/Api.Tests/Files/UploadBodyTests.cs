using System.IO.Pipelines;
using Connections.Api.Requests;
using EventSourcing;
using Microsoft.Extensions.Time.Testing;

namespace Api.Tests.Files;

/// <summary>A slow upload goes on, and a dead one ends.</summary>
public sealed class UploadBodyTests
{
    private static readonly byte[] Buffer = new byte[100_000];

    private readonly FakeTimeProvider clock = new();
    private readonly Pipe pipe = new(new PipeOptions(pauseWriterThreshold: 0));

    [Fact]
    public async Task A_pause_of_less_than_a_minute_is_no_end()
    {
        await using var body = new UploadBody(pipe.Reader.AsStream(), clock, default);
        for (var pause = 0; pause < 20; pause++)
        {
            var read = Read(body);
            clock.Advance(TimeSpan.FromSeconds(59));
            Assert.False(read.IsCompleted);
            await pipe.Writer.WriteAsync(new byte[5_000], TestContext.Current.CancellationToken);
            Assert.Equal(5_000, await read);
        }

        await pipe.Writer.CompleteAsync();
        Assert.Equal(0, await Read(body));
    }

    [Fact]
    public async Task A_minute_without_a_byte_ends_the_upload()
    {
        await using var body = new UploadBody(pipe.Reader.AsStream(), clock, default);
        await pipe.Writer.WriteAsync(new byte[50_000], TestContext.Current.CancellationToken);
        Assert.Equal(50_000, await Read(body));
        var read = Read(body);
        clock.Advance(TimeSpan.FromSeconds(60));
        Assert.Equal("request.timeout", (await Assert.ThrowsAsync<RejectedException>(() => read)).Code);
    }

    [Fact]
    public async Task A_sender_of_single_bytes_is_ended_after_five_minutes()
    {
        await using var body = new UploadBody(pipe.Reader.AsStream(), clock, default);
        var ended = await Assert.ThrowsAsync<RejectedException>(async () =>
        {
            for (var i = 0; i < 60; i++)
            {
                clock.Advance(TimeSpan.FromSeconds(10));
                await pipe.Writer.WriteAsync(new byte[1], TestContext.Current.CancellationToken);
                await Read(body);
            }
        });
        Assert.Equal("request.timeout", ended.Code);
        Assert.Contains("30 bytes", ended.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Time_between_reads_does_not_count_as_silence()
    {
        await using var body = new UploadBody(pipe.Reader.AsStream(), clock, default);
        await pipe.Writer.WriteAsync(new byte[100], TestContext.Current.CancellationToken);
        await Read(body);
        clock.Advance(TimeSpan.FromMinutes(2)); // a slow disk
        await pipe.Writer.WriteAsync(new byte[100], TestContext.Current.CancellationToken);
        Assert.Equal(100, await Read(body));
    }

    private static Task<int> Read(UploadBody body) => body.ReadAsync(Buffer, TestContext.Current.CancellationToken).AsTask();
}
