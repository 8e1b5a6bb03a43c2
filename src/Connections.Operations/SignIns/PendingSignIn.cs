using System.Text.Json;
using Connections.Domain;
using Connections.Domain.Token;

namespace Connections.Operations.SignIns;

/// <summary>A sign-in that waits for a confirmation, in the form stored in the vault.</summary>
/// <param name="OtherConnection">The connection to reconnect with the sign-in; null for the one that was requested.</param>
internal sealed record PendingSignIn(SignedInAccount SignedIn, Guid? OtherConnection)
{
    public Secret Secret() => Domain.Secret.From(JsonSerializer.SerializeToElement(new
    {
        grant = JsonSerializer.Deserialize<JsonElement>(SignedIn.Grant.Stored.Reveal().Span),
        account = SignedIn.Account,
        fingerprints = SignedIn.Fingerprints,
        other = OtherConnection
    }));

    public static PendingSignIn Parse(Secret stored)
    {
        using var document = JsonDocument.Parse(stored.Reveal());
        var root = document.RootElement;
        var other = root.GetProperty("other");
        return new PendingSignIn(
            new SignedInAccount(
                new Grant(Domain.Secret.From(root.GetProperty("grant"))),
                root.GetProperty("account").Deserialize<Account>()!,
                root.GetProperty("fingerprints").Deserialize<string[]>()!),
            other.ValueKind == JsonValueKind.Null ? null : other.GetGuid());
    }

    public override string ToString() => "***";
}
