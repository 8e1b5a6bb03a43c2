using System.Net.Security;
using System.Net.Sockets;

namespace Connections.Hosting.RabbitMq;

/// <summary>A TLS stream in the type that RabbitMQ's client expects. Nothing is read from or written to the socket itself.</summary>
internal sealed class EncryptedStream(Socket socket, SslStream tls) : NetworkStream(socket, ownsSocket: false)
{
    public override int Read(byte[] buffer, int offset, int count) => tls.Read(buffer, offset, count);

    public override int Read(Span<byte> buffer) => tls.Read(buffer);

    public override int ReadByte() => tls.ReadByte();

    public override Task<int> ReadAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        tls.ReadAsync(buffer, offset, count, cancellationToken);

    public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
        tls.ReadAsync(buffer, cancellationToken);

    public override IAsyncResult BeginRead(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        tls.BeginRead(buffer, offset, count, callback, state);

    public override int EndRead(IAsyncResult asyncResult) => tls.EndRead(asyncResult);

    public override void Write(byte[] buffer, int offset, int count) => tls.Write(buffer, offset, count);

    public override void Write(ReadOnlySpan<byte> buffer) => tls.Write(buffer);

    public override void WriteByte(byte value) => tls.WriteByte(value);

    public override Task WriteAsync(byte[] buffer, int offset, int count, CancellationToken cancellationToken) =>
        tls.WriteAsync(buffer, offset, count, cancellationToken);

    public override ValueTask WriteAsync(ReadOnlyMemory<byte> buffer, CancellationToken cancellationToken = default) =>
        tls.WriteAsync(buffer, cancellationToken);

    public override IAsyncResult BeginWrite(byte[] buffer, int offset, int count, AsyncCallback? callback, object? state) =>
        tls.BeginWrite(buffer, offset, count, callback, state);

    public override void EndWrite(IAsyncResult asyncResult) => tls.EndWrite(asyncResult);

    public override void Flush() => tls.Flush();

    public override Task FlushAsync(CancellationToken cancellationToken) => tls.FlushAsync(cancellationToken);

    protected override void Dispose(bool disposing)
    {
        if (disposing) tls.Dispose();
        base.Dispose(disposing);
    }
}
