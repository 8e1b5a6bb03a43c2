using System.Buffers;
using System.Text;
using System.Text.Json;
using Connections.Domain;

namespace Connections.Connectors.Masking;

/// <summary>
/// Masks the secrets of one call in what the provider answers, in every form in which they were sent or may be repeated. Short and common
/// secrets are masked only as whole texts, so that a password <c>2026</c> does not spoil dates.
/// </summary>
public sealed class SecretMask
{
    public const string Masked = "***";

    public static readonly SecretMask None = new();

    private static readonly string[] NotSecret = ["username", "user"];

    private readonly SentSecret[] secrets;
    private readonly Lazy<SecretForms> text;
    private readonly Lazy<SecretForms> bytes;
    private readonly Lazy<IReadOnlyList<(byte[] Form, int Before)>> exact;

    public SecretMask(params IEnumerable<SentSecret> secrets)
    {
        this.secrets = [.. secrets.Where(s => s.Value.Length > 0)];
        text = new(() => new SecretForms(this.secrets.SelectMany(s => s.Forms(Encoding.UTF8))));
        exact = new(() => [.. this.secrets.SelectMany(s => s.Forms(Encoding.UTF8)).Where(f => f.Within).Distinct()
            .Select(f => (Encoding.UTF8.GetBytes(f.Whole), Encoding.UTF8.GetByteCount(f.Before)))]);
        bytes = new(() => new SecretForms(this.secrets.Select(s => s with { Value = Latin(s.Value) }).SelectMany(s => s.Forms(Encoding.Latin1))));
    }

    /// <summary>Masks every text field of the credentials but the user name.</summary>
    public static SecretMask From(Secret credentials)
    {
        using var document = JsonDocument.Parse(credentials.Reveal());
        return new SecretMask(document.RootElement.EnumerateObject()
            .Where(f => f.Value.ValueKind == JsonValueKind.String && !NotSecret.Contains(f.Name))
            .Select(f => new SentSecret(f.Value.GetString()!)));
    }

    public string Mask(string value)
    {
        if (secrets.Length == 0) return value;
        if (text.Value.IsWhole(value)) return Masked;
        var ranges = text.Value.Find(value);
        if (ranges.Count == 0) return value;
        var (masked, copied) = (new StringBuilder(), 0);
        foreach (var (start, end) in ranges)
        {
            masked.Append(value, copied, start - copied).Append(Masked);
            copied = end;
        }

        return masked.Append(value, copied, value.Length - copied).ToString();
    }

    /// <summary>Masks bytes that are no known text. Their number stays the same.</summary>
    public byte[] Mask(byte[] value)
    {
        if (secrets.Length == 0) return value;
        var masked = value.ToArray();
        Fill(bytes.Value.Find(Encoding.Latin1.GetString(value)), 0, 1);
        for (var offset = 0; offset < 2 && offset < value.Length; offset++)
        {
            foreach (var encoding in (Encoding[])[Encoding.Unicode, Encoding.BigEndianUnicode])
                Fill(text.Value.Find(encoding.GetString(value.AsSpan(offset, (value.Length - offset) / 2 * 2))), offset, 2);
        }

        return masked;

        void Fill(IReadOnlyList<(int Start, int End)> ranges, int offset, int width)
        {
            foreach (var (start, end) in ranges) masked.AsSpan(offset + (start * width), (end - start) * width).Fill((byte)'*');
        }
    }

    /// <summary>The number of bytes of the longest form that <see cref="Fill"/> masks; 0 if there is none.</summary>
    internal int Longest => exact.Value.Count == 0 ? 0 : exact.Value.Max(e => e.Form.Length);

    /// <summary>
    /// Masks a part of a large content in place: the secrets as they were sent, in base64 and in hexadecimal. Searching every form of every
    /// encoding would take longer than the transfer.
    /// </summary>
    internal void Fill(Span<byte> part)
    {
        foreach (var (form, before) in exact.Value)
        {
            for (int at = 0, found; (found = part[at..].IndexOf(form)) >= 0; at += found + form.Length)
                part.Slice(at + found + before, form.Length - before).Fill((byte)'*');
        }
    }

    /// <summary>Masks names and texts of a JSON value. No value changes its type: a number becomes 0 if it is a secret itself.</summary>
    /// <param name="json">Valid JSON.</param>
    public string MaskJson(string json)
    {
        if (secrets.Length == 0 || !text.Value.MayOccur(json)) return json;
        using var document = JsonDocument.Parse(json);
        var buffer = new ArrayBufferWriter<byte>();
        using (var writer = new Utf8JsonWriter(buffer, Catalogue.Json.Plain)) Write(writer, document.RootElement);
        return Encoding.UTF8.GetString(buffer.WrittenSpan);
    }

    private void Write(Utf8JsonWriter writer, JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                WriteObject(writer, value);
                break;
            case JsonValueKind.Array:
                writer.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(writer, item);
                writer.WriteEndArray();
                break;
            case JsonValueKind.String:
                writer.WriteStringValue(Mask(value.GetString()!));
                break;
            case JsonValueKind.Number when text.Value.IsDistinctive(value.GetRawText()):
                writer.WriteNumberValue(0);
                break;
            default:
                value.WriteTo(writer);
                break;
        }
    }

    // Masked names are numbered, so that no two members have one name.
    private void WriteObject(Utf8JsonWriter writer, JsonElement value)
    {
        var masked = 0;
        writer.WriteStartObject();
        foreach (var member in value.EnumerateObject())
        {
            var name = text.Value.Find(member.Name).Count == 0 ? member.Name : Mask(member.Name) + (masked++ == 0 ? "" : $" ({masked})");
            writer.WritePropertyName(name);
            Write(writer, member.Value);
        }

        writer.WriteEndObject();
    }

    private static string Latin(string value) => Encoding.Latin1.GetString(Encoding.UTF8.GetBytes(value));
}
