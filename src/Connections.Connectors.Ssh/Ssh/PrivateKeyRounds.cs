using System.Buffers.Binary;
using System.Formats.Asn1;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;

namespace Connections.Connectors.Ssh;

/// <summary>Finds how much work an encrypted private key asks for, before its passphrase is hashed.</summary>
internal static partial class PrivateKeyRounds
{
    /// <summary>The most rounds of bcrypt in OpenSSH's form. ssh-keygen's default is 16 or 24.</summary>
    public const uint MaxBcrypt = 256;

    /// <summary>The most iterations, or the largest cost, in a PKCS #8 key. OpenSSL's default is 2,048.</summary>
    public const long MaxIterations = 5_000_000;

    private const long MaxScryptCost = 1 << 17;
    private const int MaxArgonKilobytes = 64 * 1024;
    private const int MaxArgonPasses = 64;
    private const string Scrypt = "1.3.6.1.4.1.11591.4.11";
    private static readonly byte[] OpenSsh = Encoding.ASCII.GetBytes("openssh-key-v1\0");

    /// <summary>Whether the key asks for too much.</summary>
    public static bool TooMany(string restored)
    {
        if (PrivateKeyText.Decode(restored) is not var (name, bytes)) return Argon(restored);
        return name switch
        {
            "OPENSSH PRIVATE KEY" => Bcrypt(bytes) > MaxBcrypt,
            "ENCRYPTED PRIVATE KEY" => Pkcs8(bytes),
            _ => false
        };
    }

    private static uint Bcrypt(ReadOnlySpan<byte> key)
    {
        if (!key.StartsWith(OpenSsh)) return 0;
        var rest = key[OpenSsh.Length..];
        if (!Field(ref rest, out _) || !Field(ref rest, out var kdf) || !kdf.SequenceEqual("bcrypt"u8) || !Field(ref rest, out var options)) return 0;
        return Field(ref options, out _) && options.Length >= 4 ? BinaryPrimitives.ReadUInt32BigEndian(options) : 0;
    }

    private static bool Field(ref ReadOnlySpan<byte> rest, out ReadOnlySpan<byte> field)
    {
        field = default;
        if (rest.Length < 4 || BinaryPrimitives.ReadUInt32BigEndian(rest) is var length && length > rest.Length - 4) return false;
        field = rest.Slice(4, (int)length);
        rest = rest[(4 + (int)length)..];
        return true;
    }

    private static bool Pkcs8(byte[] key)
    {
        try
        {
            var algorithm = new AsnReader(key, AsnEncodingRules.BER).ReadSequence().ReadSequence();
            var limit = MaxIterations;
            return Exceeds(algorithm, ref limit);
        }
        catch (AsnContentException)
        {
            return false; // not a key, as the library will say
        }
    }

    private static bool Exceeds(AsnReader reader, ref long limit)
    {
        while (reader.HasData)
        {
            var tag = reader.PeekTag();
            if (tag.HasSameClassAndValue(Asn1Tag.Sequence))
            {
                if (Exceeds(reader.ReadSequence(), ref limit)) return true;
            }
            else if (tag.HasSameClassAndValue(Asn1Tag.ObjectIdentifier))
            {
                if (reader.ReadObjectIdentifier() == Scrypt) limit = MaxScryptCost;
            }
            else if (tag.HasSameClassAndValue(Asn1Tag.Integer))
            {
                if (reader.ReadInteger() > limit) return true;
            }
            else
            {
                reader.ReadEncodedValue();
            }
        }

        return false;
    }

    private static bool Argon(string key) => Putty().Matches(key).Any(m =>
        !long.TryParse(m.Groups[2].Value, NumberStyles.None, CultureInfo.InvariantCulture, out var value)
        || value > (m.Groups[1].Value == "Memory" ? MaxArgonKilobytes : MaxArgonPasses));

    [GeneratedRegex(@"Argon2-(Memory|Passes|Parallelism):\s*(\d+)")]
    private static partial Regex Putty();
}
