using System.Security.Cryptography;
using System.Text;
using MySqlConnector.Authentication;

namespace Connections.Connectors.MySql;

/// <summary>
/// MariaDB's way to sign in with <c>IDENTIFIED VIA ed25519</c>: the client signs the server's random bytes. The key is derived from the whole
/// password, where RFC 8032 has a seed of 32 bytes, so no library's signature can be used.
/// </summary>
internal sealed class Ed25519Plugin : IAuthenticationPlugin
{
    private const int NonceLength = 32;

    public string Name => "client_ed25519";

    public byte[] CreateResponse(string password, ReadOnlySpan<byte> authenticationData)
    {
        var nonce = authenticationData[..Math.Min(NonceLength, authenticationData.Length)];
        var key = SHA512.HashData(Encoding.UTF8.GetBytes(password));
        try
        {
            return Sign(key, nonce);
        }
        finally
        {
            CryptographicOperations.ZeroMemory(key);
        }
    }

    private static byte[] Sign(byte[] key, ReadOnlySpan<byte> message)
    {
        key[0] &= 248;
        key[31] = (byte)((key[31] & 127) | 64);
        var secret = Edwards25519.Number(key.AsSpan(0, 32));
        var r = Edwards25519.Number(SHA512.HashData([.. key[32..], .. message])) % Edwards25519.Order;
        byte[] point = Edwards25519.Multiply(r);
        var challenge = Edwards25519.Number(SHA512.HashData([.. point, .. Edwards25519.Multiply(secret), .. message])) % Edwards25519.Order;
        return [.. point, .. Edwards25519.Encode((r + challenge * secret) % Edwards25519.Order)];
    }
}
