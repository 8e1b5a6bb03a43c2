namespace Fuzz.Tests.Targets;

/// <summary>A connection whose peer sends fixed bytes and closes, whatever it receives.</summary>
internal sealed class ScriptedStream(byte[] sent) : MemoryStream(sent, writable: false)
{
    public override bool CanWrite => true;

    public override void Write(byte[] buffer, int offset, int count)
    {
    }

    public override void Write(ReadOnlySpan<byte> buffer)
    {
    }

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) => Task.CompletedTask;

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.CompletedTask;
}
