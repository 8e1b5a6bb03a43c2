using System.Security.Cryptography;
using System.Text;
using MySqlConnector.Authentication;

namespace Connections.Connectors.MySql;

/// <summary>
/// MariaDB's way to sign in with <c>IDENTIFIED VIA ed25519</c>: the client signs the server's random bytes. The key is derived from the
/// whole password, where RFC 8032 has a seed of 32 bytes, so no library's signature can be used.
/// </summary>
internal sealed class Ed25519Plugin : IAuthenticationPlugin3
{
    private const int NonceLength = 32;

    public string Name => "client_ed25519";

    public byte[] CreateResponse(string password, ReadOnlySpan<byte> authenticationData)
    {
        CreateResponseAndPasswordHash(password, authenticationData, out var response, out _);
        return response;
    }

    public void CreateResponseAndPasswordHash(
        string password, ReadOnlySpan<byte> authenticationData, out byte[] authenticationResponse, out byte[] passwordHash)
    {
        var message = authenticationData[..Math.Min(NonceLength, authenticationData.Length)];
        var key = SHA512.HashData(Encoding.UTF8.GetBytes(password));
        key[0] &= 248;
        key[31] = (byte)((key[31] & 127) | 64);
        var secret = Edwards25519.Number(key.AsSpan(0, 32));
        var once = Edwards25519.Number(SHA512.HashData([.. key[32..], .. message])) % Edwards25519.Order;
        CryptographicOperations.ZeroMemory(key);

        passwordHash = Edwards25519.Multiply(secret); // the public key, which the server stores
        var point = Edwards25519.Multiply(once);
        var challenge = Edwards25519.Number(SHA512.HashData([.. point, .. passwordHash, .. message])) % Edwards25519.Order;
        authenticationResponse = [.. point, .. Edwards25519.Encode((once + challenge * secret) % Edwards25519.Order)];
    }
}
