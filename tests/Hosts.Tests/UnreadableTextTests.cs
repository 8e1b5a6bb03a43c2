using System.Security.Cryptography;
using Connections.Contracts;
using Connections.Credentials.Sealing;
using Connections.Domain;
using Connections.Domain.Activity;
using Connections.Operations.Activities;
using Microsoft.Extensions.Logging.Abstractions;

namespace Hosts.Tests;

/// <summary>A sealed text that does not open is shown as that, and a destroyed one as nothing.</summary>
public sealed class UnreadableTextTests
{
    private static readonly ActivityId Id = new("default", Guid.NewGuid());
    private static readonly ActivityFacts Facts = new("send", null, "http", 0, null);

    public static TheoryData<Exception> Faults =>
    [
        new AuthenticationTagMismatchException("tag"), new CryptographicException("no key"), new FormatException("not sealed")
    ];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Input_output_and_message_are_shown_as_unreadable(Exception fault)
    {
        var seals = Seals(() => throw fault);
        foreach (var shown in new[] { await seals.ShowInput(Id, "x", default), await seals.ShowOutput(Id, "x", default) })
            Assert.Contains("cannot be decrypted", shown!.Value.GetProperty("unreadable").GetString(), StringComparison.Ordinal);
        Assert.StartsWith("The message cannot be decrypted.", await seals.OpenWords(Id, "x", "sealed", default), StringComparison.Ordinal);
        var (input, problem) = await seals.OpenInput(Id, "x", default);
        Assert.Null(input);
        Assert.StartsWith("The input cannot be decrypted.", problem, StringComparison.Ordinal);

        var messages = new ActivityMessages(seals);
        var succeeded = (ActivityFinished)(await messages.Message(new ActivitySucceeded(1, "x") { Facts = Facts }, Id, default)).Message!;
        Assert.True(succeeded.Output!.Value.TryGetProperty("unreadable", out _));
    }

    [Fact]
    public async Task A_destroyed_text_is_nothing()
    {
        var seals = Seals(() => null);
        Assert.Null(await seals.ShowInput(Id, "x", default));
        Assert.Null(await seals.ShowOutput(Id, "x", default));
        Assert.Equal("published", await seals.OpenWords(Id, "x", "published", default));
        Assert.Equal((null, "The input was destroyed when its retention period ended."), await seals.OpenInput(Id, "x", default));
    }

    [Fact]
    public async Task A_store_that_is_away_is_not_taken_for_a_text_that_does_not_open()
    {
        var seals = Seals(() => throw new TimeoutException());
        await Assert.ThrowsAsync<TimeoutException>(() => seals.OpenInput(Id, "x", default));
        await Assert.ThrowsAsync<TimeoutException>(() => seals.ShowOutput(Id, "x", default));
    }

    private static ActivitySeals Seals(Func<byte[]?> open) => new(new ScriptedSeals(open), NullLogger<ActivitySeals>.Instance);

    private sealed class ScriptedSeals(Func<byte[]?> open) : ISeals
    {
        public Task<string> Seal(string workspace, string subject, ReadOnlyMemory<byte> clear, CancellationToken ct) =>
            throw new NotSupportedException();

        public async Task<byte[]?> Open(string workspace, string subject, string sealedText, CancellationToken ct)
        {
            await Task.Yield();
            return open();
        }

        public Task DestroyMonthsBefore(DateTimeOffset before, CancellationToken ct) => throw new NotSupportedException();
    }
}
