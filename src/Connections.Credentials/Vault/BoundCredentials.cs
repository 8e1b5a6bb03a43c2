using System.Buffers;
using System.Security.Cryptography;
using System.Text.Json;
using Connections.Domain;

namespace Connections.Credentials.Vault;

/// <summary>
/// Binds the credentials that a person typed to the connector and the settings they were typed for: host, port, URL. The vault encrypts both
/// together, so a changed event cannot make the service send the credentials to another server. Tokens of a sign-in are not bound: they go to
/// the addresses of the provider's definition.
/// </summary>
public static class BoundCredentials
{
    private const string BoundTo = "boundTo";
    private const string Credentials = "credentials";

    /// <summary>Stores credentials for these settings. An existing entry is not changed.</summary>
    /// <exception cref="VaultDestroyedException">The connection's key was destroyed.</exception>
    public static Task PutBound(
        this IVault vault, ConnectionId connection, string entry, Secret credentials, string connector, JsonElement settings, CancellationToken ct)
    {
        using var buffer = new ClearedBuffer();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString(BoundTo, Target(connector, settings));
            writer.WritePropertyName(Credentials);
            writer.WriteRawValue(credentials.Reveal().Span);
            writer.WriteEndObject();
        }

        return vault.Put(connection, entry, new Secret(buffer.ToArray()), ct);
    }

    /// <summary>
    /// The credentials of an entry. Null if the vault has no such entry, if it does not open, or if it was stored for other settings.
    /// </summary>
    public static async Task<Secret?> GetBound(
        this IVault vault, ConnectionId connection, string entry, string connector, JsonElement settings, CancellationToken ct)
    {
        if (await vault.Get(connection, entry, ct) is not { } stored) return null;
        using var document = JsonDocument.Parse(stored.Reveal());
        if (!document.RootElement.TryGetProperty(BoundTo, out var bound)) return stored;
        return bound.ValueEquals(Target(connector, settings)) ? Secret.From(document.RootElement.GetProperty(Credentials)) : null;
    }

    private static string Target(string connector, JsonElement settings)
    {
        using var buffer = new ClearedBuffer();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartArray();
            writer.WriteStringValue(connector);
            WriteNormal(writer, settings);
            writer.WriteEndArray();
        }

        return Convert.ToHexStringLower(SHA256.HashData(buffer.Written));
    }

    // Databases and event stores may keep members in another order, and numbers in another form.
    private static void WriteNormal(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                writer.WriteStartObject();
                foreach (var member in value.EnumerateObject().OrderBy(m => m.Name, StringComparer.Ordinal))
                {
                    writer.WritePropertyName(member.Name);
                    WriteNormal(writer, member.Value);
                }

                writer.WriteEndObject();
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) WriteNormal(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.Number when value.TryGetDecimal(out var number):
                writer.WriteNumberValue(number / 1.000000000000000000000000000000m); // without trailing zeros
                break;
            case JsonValueKind.Undefined:
                writer.WriteNullValue();
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    /// <summary>A growing buffer that is cleared when it is not needed any more.</summary>
    private sealed class ClearedBuffer : IBufferWriter<byte>, IDisposable
    {
        private byte[] bytes = new byte[1024];
        private int written;

        public ReadOnlySpan<byte> Written => bytes.AsSpan(0, written);

        public byte[] ToArray() => Written.ToArray();

        public void Advance(int count) => written += count;

        public Memory<byte> GetMemory(int sizeHint = 0)
        {
            var needed = written + Math.Max(sizeHint, 256);
            if (needed > bytes.Length)
            {
                var larger = new byte[Math.Max(needed, bytes.Length * 2)];
                Written.CopyTo(larger);
                CryptographicOperations.ZeroMemory(bytes);
                bytes = larger;
            }

            return bytes.AsMemory(written);
        }

        public Span<byte> GetSpan(int sizeHint = 0) => GetMemory(sizeHint).Span;

        public void Dispose() => CryptographicOperations.ZeroMemory(bytes);
    }
}
