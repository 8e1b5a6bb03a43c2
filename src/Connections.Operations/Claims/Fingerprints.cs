using System.Text;
using Connections.Connectors;
using Connections.Credentials.Sealing;

namespace Connections.Operations.Claims;

/// <summary>
/// Account identities as keyed hashes: equal for the same account of the same connector and workspace; they reveal nothing else.
/// </summary>
public sealed class Fingerprints(IKeyedHash hash)
{
    public async Task<IReadOnlyList<string>> Compute(
        string workspace, string connector, IEnumerable<AccountIdentity> identities, CancellationToken ct)
    {
        var fingerprints = new List<string>();
        foreach (var identity in identities)
        {
            var value = Encoding.UTF8.GetBytes($"{connector}\n{identity.Basis}\n{identity.Value}");
            fingerprints.Add(await hash.Hash(workspace, "account", value, ct));
        }

        return [.. fingerprints.Distinct()];
    }
}
