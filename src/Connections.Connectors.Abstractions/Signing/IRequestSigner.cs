using Connections.Connectors.Masking;

namespace Connections.Connectors.Signing;

/// <summary>Adds the credentials of one connection to requests, for one call of a connector.</summary>
public interface IRequestSigner
{
    /// <summary>Masks everything that was sent so far.</summary>
    SecretMask Mask { get; }

    /// <summary>The header that only the signer may set; null: none.</summary>
    string? Header => null;

    /// <summary>The query parameter that only the signer may set; null: none.</summary>
    string? QueryParameter => null;

    void Sign(HttpRequestMessage request);

    /// <summary>Makes the credentials ready. Returns the failure if there are none.</summary>
    Task<ConnectorResult.Failed?> Prepare(CancellationToken ct) => Task.FromResult<ConnectorResult.Failed?>(null);

    /// <summary>Replaces credentials that the provider rejected. Returns the failure if there are no others: typed ones do not change.</summary>
    Task<ConnectorResult.Failed?> Renew(ConnectorResult.Failed rejection, CancellationToken ct) =>
        Task.FromResult<ConnectorResult.Failed?>(rejection);
}
