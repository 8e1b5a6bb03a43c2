using System.Text;

namespace Fuzz.Tests.Harness;

/// <summary>Makes inputs from valid ones. The same seed gives the same inputs.</summary>
public sealed class Mutator(FuzzTarget target, int seed)
{
    private const int MaxBytes = 64 * 1024;
    private const int MaxChanges = 6;

    private static readonly string[] Common =
    [
        "\\ud800", "\\udc00", "\\u0000", "\0", "\uFEFF", "\"\"", "null", "1e400", "-1", "2147483648", "18446744073709551616", "{}", "[]",
        "{\"\\ud800\":1}", "\"\\ud800\":1,", "[[[[", "\r\n", ";", ",", "=", "\u00FF"
    ];

    private static readonly byte[] Edges = [0, 1, 0x0A, 0x20, 0x7F, 0x80, 0xBF, 0xC0, 0xEB, 0xED, 0xFE, 0xFF];

    /// <summary>The input of one round.</summary>
    public byte[] Make(int round)
    {
        // Must give the same inputs again: not for security.
#pragma warning disable CA5394
        var random = new Random(HashCode(seed, round));
        var input = Pick(random, target.Seeds).ToList();
        for (var change = random.Next(MaxChanges + 1); change > 0; change--) Change(random, input);
        return [.. input.Take(MaxBytes)];
    }

    private void Change(Random random, List<byte> input)
    {
        var at = random.Next(input.Count + 1);
        var length = Math.Min(random.Next(1, random.Next(4) == 0 ? 200 : 8), input.Count - at);
        switch (random.Next(8))
        {
            case 0 when at < input.Count:
                input[at] ^= (byte)(1 << random.Next(8));
                break;
            case 1 when at < input.Count:
                input[at] = Pick(random, Edges);
                break;
            case 2:
                input.RemoveRange(at, length);
                break;
            case 3:
                input.RemoveRange(at, input.Count - at);
                break;
            case 4:
                var part = input.GetRange(at, length);
                for (var times = random.Next(1, 40); times > 0; times--) input.InsertRange(at, part);
                break;
            case 5:
                input.InsertRange(at, Pick(random, target.Seeds));
                break;
            case 6 when target.Words.Count > 0:
                input.InsertRange(at, Encoding.Latin1.GetBytes(Pick(random, target.Words)));
                break;
            default:
                input.InsertRange(at, Encoding.UTF8.GetBytes(Pick(random, Common)));
                break;
        }
    }

    private static T Pick<T>(Random random, IReadOnlyList<T> all) => all[random.Next(all.Count)];
#pragma warning restore CA5394

    // System.HashCode differs from process to process.
    private static int HashCode(int seed, int round) => unchecked((seed * 486_187_739) + (round * 16_777_619));
}
