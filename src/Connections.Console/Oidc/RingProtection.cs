using Connections.Credentials.Ring;
using Microsoft.AspNetCore.DataProtection;

namespace Connections.Console.Oidc;

/// <summary>
/// Protects what the sign-in handler gives to a browser (state and nonce) with the key ring of the service. Any host can open it, and no
/// host keeps keys of its own.
/// </summary>
internal sealed class RingProtection(KeyRing ring) : IDataProtectionProvider
{
    public IDataProtector CreateProtector(string purpose) => new Protector(ring, $"{purpose.Length}:{purpose}");

    private sealed class Protector(KeyRing ring, string purposes) : IDataProtector
    {
        public IDataProtector CreateProtector(string purpose) => new Protector(ring, $"{purposes}{purpose.Length}:{purpose}");

        public byte[] Protect(byte[] plaintext) => ring.Seal(purposes, plaintext);

        public byte[] Unprotect(byte[] protectedData) => ring.Open(purposes, protectedData);
    }
}
