using System.Globalization;
using System.Numerics;

namespace Connections.Connectors.MySql;

/// <summary>The curve edwards25519 of RFC 8032, section 5.1, as far as a signature needs it.</summary>
internal static class Edwards25519
{
    public static readonly BigInteger Order =
        BigInteger.Pow(2, 252) + BigInteger.Parse("27742317777372353535851937790883648493", CultureInfo.InvariantCulture);

    private const int Length = 32;
    private static readonly BigInteger Prime = BigInteger.Pow(2, 255) - 19;
    // The order of the fields matters: each is computed from those above it.
    private static readonly BigInteger D = Mod(-121665 * Inverse(121666));
    private static readonly Point Base = FromAffine(
        BigInteger.Parse("15112221349535400772501151409588531511454012693041857206046113283949847762202", CultureInfo.InvariantCulture),
        BigInteger.Parse("46316835694926478169428394003475163141307993866256225615783033603165251855960", CultureInfo.InvariantCulture));

    /// <summary>The number in little-endian order.</summary>
    public static BigInteger Number(ReadOnlySpan<byte> bytes) => new(bytes, isUnsigned: true);

    public static byte[] Encode(BigInteger number)
    {
        var bytes = new byte[Length];
        number.TryWriteBytes(bytes, out _, isUnsigned: true);
        return bytes;
    }

    /// <summary>The encoded multiple of the base point.</summary>
    public static byte[] Multiply(BigInteger by)
    {
        var sum = new Point(0, 1, 1, 0);
        for (var bit = 254; bit >= 0; bit--)
        {
            sum = Add(sum, sum);
            var more = Add(sum, Base); // computed for each bit, so that the time does not depend on the secret
            if (!((by >> bit) & 1).IsZero) sum = more;
        }

        var inverse = Inverse(sum.Z);
        var encoded = Encode(Mod(sum.Y * inverse));
        encoded[Length - 1] |= (byte)(Mod(sum.X * inverse).IsEven ? 0 : 128);
        return encoded;
    }

    // Extended coordinates, RFC 8032, section 5.1.4.
    private static Point Add(Point p, Point q)
    {
        var a = Mod((p.Y - p.X) * (q.Y - q.X));
        var b = Mod((p.Y + p.X) * (q.Y + q.X));
        var c = Mod(2 * p.T * q.T * D);
        var d = Mod(2 * p.Z * q.Z);
        var (e, f, g, h) = (b - a, d - c, d + c, b + a);
        return new Point(Mod(e * f), Mod(g * h), Mod(f * g), Mod(e * h));
    }

    private static Point FromAffine(BigInteger x, BigInteger y) => new(x, y, 1, Mod(x * y));

    private static BigInteger Inverse(BigInteger number) => BigInteger.ModPow(Mod(number), Prime - 2, Prime);

    private static BigInteger Mod(BigInteger number)
    {
        var rest = BigInteger.Remainder(number, Prime);
        return rest.Sign < 0 ? rest + Prime : rest;
    }

    private readonly record struct Point(BigInteger X, BigInteger Y, BigInteger Z, BigInteger T);
}
