using Newtonsoft.Json;

namespace Connections.Connectors.Gmail;

// https://developers.google.com/workspace/gmail/api/reference/rest/v1/users.messages; only the members used here

internal sealed record GmailList([property: JsonProperty("messages")] IReadOnlyList<GmailReference>? Messages);

internal sealed record GmailReference([property: JsonProperty("id")] string Id);

/// <param name="InternalDate">Milliseconds since 1970, as a string.</param>
internal sealed record GmailMessage(
    [property: JsonProperty("id")] string Id,
    [property: JsonProperty("snippet")] string? Snippet,
    [property: JsonProperty("internalDate")] string? InternalDate,
    [property: JsonProperty("payload")] GmailPart? Payload);

internal sealed record GmailPart(
    [property: JsonProperty("mimeType")] string? MimeType,
    [property: JsonProperty("filename")] string? FileName,
    [property: JsonProperty("headers")] IReadOnlyList<GmailHeader>? Headers,
    [property: JsonProperty("body")] GmailBody? Body,
    [property: JsonProperty("parts")] IReadOnlyList<GmailPart>? Parts)
{
    /// <summary>This part and all its descendants.</summary>
    public IEnumerable<GmailPart> All() => [this, .. (Parts ?? []).SelectMany(part => part.All())];

    public string? Header(string name) =>
        Headers?.FirstOrDefault(h => string.Equals(h.Name, name, StringComparison.OrdinalIgnoreCase))?.Value;
}

internal sealed record GmailHeader([property: JsonProperty("name")] string Name, [property: JsonProperty("value")] string Value);

/// <param name="Data">The content in base64url, as UTF-8. Gmail has already removed the message's transfer encoding.</param>
internal sealed record GmailBody([property: JsonProperty("size")] long Size, [property: JsonProperty("data")] string? Data);

internal sealed record GmailRaw([property: JsonProperty("raw")] string Raw);

/// <summary>https://developers.google.com/identity/openid-connect/openid-connect#obtaininguserprofileinformation</summary>
internal sealed record GoogleUser([property: JsonProperty("sub")] string? Sub, [property: JsonProperty("email")] string? Email);
