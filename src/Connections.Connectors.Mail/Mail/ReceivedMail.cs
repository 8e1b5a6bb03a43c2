using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.Mail;

internal sealed record AttachedFile(string Name, string ContentType, long Size);

/// <summary>An email of a mailbox, as returned by its provider.</summary>
internal sealed record ReceivedMail(
    string Id,
    string From,
    IReadOnlyList<string> To,
    IReadOnlyList<string> Cc,
    string Subject,
    DateTimeOffset? ReceivedAt,
    string Preview,
    string? Text = null,
    string? Html = null,
    IReadOnlyList<AttachedFile>? Attachments = null)
{
    /// <summary>Limit for text and for html, in bytes of JSON. Both and the headers must fit into one output.</summary>
    private const int MaxBodyBytes = 64 * 1024;

    /// <summary>Writes the members of <c>vendor</c>; null if the provider has none.</summary>
    public Action<Utf8JsonWriter>? Vendor { get; init; }

    /// <summary>Writes the email as a search result.</summary>
    public void WriteSearchResult(Utf8JsonWriter writer)
    {
        writer.WriteStartObject();
        WriteHead(writer);
        writer.WriteString("preview", Preview);
        WriteVendor(writer);
        writer.WriteEndObject();
    }

    public JsonElement Whole() => Json.Object(writer =>
    {
        WriteHead(writer);
        WriteAll(writer, "cc", Cc);
        var truncated = WriteBody(writer, "text", Text) | WriteBody(writer, "html", Html);
        writer.WriteBoolean("truncated", truncated);
        writer.WriteStartArray("attachments");
        foreach (var file in Attachments ?? [])
        {
            writer.WriteStartObject();
            writer.WriteString("name", file.Name);
            writer.WriteString("contentType", file.ContentType);
            writer.WriteNumber("size", file.Size);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteVendor(writer);
    });

    private void WriteVendor(Utf8JsonWriter writer)
    {
        if (Vendor is null) return;
        writer.WriteStartObject("vendor");
        Vendor(writer);
        writer.WriteEndObject();
    }

    private void WriteHead(Utf8JsonWriter writer)
    {
        writer.WriteString("id", Id);
        writer.WriteString("from", From);
        WriteAll(writer, "to", To);
        writer.WriteString("subject", Subject);
        if (ReceivedAt is { } at) writer.WriteString("receivedAt", at.UtcDateTime);
        else writer.WriteNull("receivedAt");
    }

    private static void WriteAll(Utf8JsonWriter writer, string name, IReadOnlyList<string> all)
    {
        writer.WriteStartArray(name);
        foreach (var one in all) writer.WriteStringValue(one);
        writer.WriteEndArray();
    }

    /// <returns>True if the body was cut.</returns>
    private static bool WriteBody(Utf8JsonWriter writer, string name, string? body)
    {
        if (body is null)
        {
            writer.WriteNull(name);
            return false;
        }

        var (length, bytes) = (0, 0);
        foreach (var rune in body.EnumerateRunes())
        {
            if ((bytes += JsonLength(rune)) > MaxBodyBytes) break;
            length += rune.Utf16SequenceLength;
        }

        writer.WriteString(name, body.AsSpan(0, length));
        return length < body.Length;
    }

    // The JSON writer escapes characters beyond the basic plane even with relaxed escaping.
    private static int JsonLength(Rune rune) => rune.IsBmp ? rune.Value is < ' ' or '"' or '\\' ? 6 : rune.Utf8SequenceLength : 12;
}
