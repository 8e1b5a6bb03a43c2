using System.Buffers.Binary;
using System.Text;

namespace Connections.Credentials.Keys;

/// <summary>
/// Additional data that binds a box to its context. Each part is preceded by its length, so that different lists never collide.
/// </summary>
internal static class AdditionalData
{
    public static byte[] Create(params ReadOnlySpan<string> parts)
    {
        var length = 0;
        foreach (var part in parts) length += sizeof(int) + Encoding.UTF8.GetByteCount(part);
        var bytes = new byte[length];
        var at = 0;
        foreach (var part in parts)
        {
            var written = Encoding.UTF8.GetBytes(part, bytes.AsSpan(at + sizeof(int)));
            BinaryPrimitives.WriteInt32BigEndian(bytes.AsSpan(at), written);
            at += sizeof(int) + written;
        }

        return bytes;
    }
}
