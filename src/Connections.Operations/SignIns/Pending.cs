using System.Text.Json;
using Connections.Domain;

namespace Connections.Operations;

/// <summary>A sign-in that waits for a click, as the vault keeps it.</summary>
/// <param name="Other">The connection to mend with it; null for the one that was asked for.</param>
internal sealed record Pending(SignedInAccount SignedIn, Guid? Other)
{
    public Secret Secret() => Domain.Secret.Of(JsonSerializer.SerializeToElement(new
    {
        grant = JsonSerializer.Deserialize<JsonElement>(SignedIn.Grant.Kept.Reveal().Span),
        account = SignedIn.Account,
        fingerprints = SignedIn.Fingerprints,
        other = Other
    }));

    public static Pending Of(Secret kept)
    {
        using var document = JsonDocument.Parse(kept.Reveal());
        var root = document.RootElement;
        var other = root.GetProperty("other");
        return new Pending(
            new SignedInAccount(
                new Grant(Domain.Secret.Of(root.GetProperty("grant"))),
                root.GetProperty("account").Deserialize<Account>()!,
                root.GetProperty("fingerprints").Deserialize<string[]>()!),
            other.ValueKind == JsonValueKind.Null ? null : other.GetGuid());
    }

    public override string ToString() => "***";
}
