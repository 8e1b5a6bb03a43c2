using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace Connections.Connectors.SqlServer;

/// <summary>
/// Checks the whole response to a sign-in ([MS-TDS] 2.2.7), and makes a new one of what the library has to know. The library ignores the
/// announced lengths of most tokens, and signs in by itself at another server that a token names.
/// </summary>
internal sealed class TdsSignIn
{
    private const byte Error = 0xAA;
    private const byte Information = 0xAB;
    private const byte Acknowledgement = 0xAD;
    private const byte Features = 0xAE;
    private const byte EnvironmentChange = 0xE3;
    private const byte Done = 0xFD;
    private const byte NoMoreFeatures = 0xFF;
    private const int MinPacketSize = 512;
    private const int MaxPacketSize = 32_767;
    private const string Unexpected = "a response that is none to a sign-in";
    private const string Lengths = "a token whose lengths contradict each other";

    private readonly List<byte> forwarded = [];
    private bool signedIn;
    private bool rejected;

    /// <summary>Null if there is a problem.</summary>
    public static byte[]? Check(ReadOnlySpan<byte> response, out string? problem)
    {
        var check = new TdsSignIn();
        problem = check.Read(response);
        return problem is null ? [.. check.forwarded, Done, (byte)(check.rejected ? 2 : 0), 0, 0, 0, .. new byte[8]] : null;
    }

    private string? Read(ReadOnlySpan<byte> rest)
    {
        while (rest.Length > 0)
        {
            var type = rest[0];
            if (type == Done && rest.Length == 13) return signedIn || rejected ? null : Unexpected;
            if (type == Done && rest.Length > 13)
            {
                rest = rest[13..];
                continue;
            }

            if (type == Features)
            {
                if (!SkipFeatures(ref rest)) return Lengths;
                continue;
            }

            if (type is not (Error or Information or Acknowledgement or EnvironmentChange)) return Unexpected;
            if (rest.Length < 3) return Lengths;
            var length = BinaryPrimitives.ReadUInt16LittleEndian(rest[1..]);
            if (rest.Length < 3 + length) return Lengths;
            if (Token(type, rest.Slice(3, length)) is { } problem) return problem;
            if (type != Information) forwarded.AddRange(rest[..(3 + length)]);
            rest = rest[(3 + length)..];
        }

        return Unexpected;
    }

    private string? Token(byte type, ReadOnlySpan<byte> body)
    {
        signedIn |= type == Acknowledgement;
        rejected |= type == Error;
        return type switch
        {
            EnvironmentChange => Change(body),
            // interface, version, name of the program, its version
            Acknowledgement => Skip(ref body, 5) && SkipText(ref body, out _) && body.Length == 4 ? null : Lengths,
            _ => Message(body)
        };
    }

    // number, state, class, text, server, procedure, line. Libraries of old versions expect a line of two bytes.
    private static string? Message(ReadOnlySpan<byte> body)
    {
        if (!Skip(ref body, 6) || body.Length < 2) return Lengths;
        var length = 2 * BinaryPrimitives.ReadUInt16LittleEndian(body);
        return Skip(ref body, 2 + length) && SkipText(ref body, out _) && SkipText(ref body, out _)
            && body.Length == 4 && body[2] == 0 && body[3] == 0
            ? null
            : Lengths;
    }

    private static string? Change(ReadOnlySpan<byte> body)
    {
        if (body.Length == 0) return Lengths;
        var type = body[0];
        var values = body[1..];
        switch (type)
        {
            case 1 or 2 or 4: // database, language, size of packets
                if (!SkipText(ref values, out var value) || !SkipText(ref values, out _) || values.Length > 0) return Lengths;
                return type != 4 || (int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var size)
                    && size is >= MinPacketSize and <= MaxPacketSize) ? null : "an impossible size of packets";
            case 7: // collation
                return values.Length >= 2 && values[0] is 0 or 5 && Skip(ref values, 1 + values[0])
                    && values.Length > 0 && values[0] is 0 or 5 && values.Length == 1 + values[0] ? null : Lengths;
            case 13 or 20 or 21: // mirroring partner, routing, enhanced routing
                return "a request to sign in at another server (routing or mirroring), which is not followed: "
                    + "enter the address of that server";
            default:
                return $"a change of its environment that does not belong to a sign-in (type {type})";
        }
    }

    private static bool SkipFeatures(ref ReadOnlySpan<byte> rest)
    {
        Skip(ref rest, 1);
        while (rest.Length > 0 && rest[0] != NoMoreFeatures)
        {
            if (rest.Length < 5) return false;
            var length = BinaryPrimitives.ReadUInt32LittleEndian(rest[1..]);
            if (length > rest.Length || !Skip(ref rest, 5 + (int)length)) return false;
        }

        return Skip(ref rest, 1);
    }

    private static bool SkipText(ref ReadOnlySpan<byte> rest, out string text)
    {
        text = "";
        if (rest.Length == 0 || rest.Length < 1 + 2 * rest[0]) return false;
        text = Encoding.Unicode.GetString(rest.Slice(1, 2 * rest[0]));
        return Skip(ref rest, 1 + 2 * rest[0]);
    }

    private static bool Skip(ref ReadOnlySpan<byte> rest, int length)
    {
        if (rest.Length < length) return false;
        rest = rest[length..];
        return true;
    }
}
