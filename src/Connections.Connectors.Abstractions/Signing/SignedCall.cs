using Connections.Connectors.Pipeline;
using Connections.Domain;

namespace Connections.Connectors.Signing;

/// <summary>Calls a provider with a signer. Repeats a rejected call once if the signer has other credentials.</summary>
public static class SignedCall
{
    public static async Task<(T? Response, ConnectorResult.Failed? Failure)> Send<T>(
        IRequestSigner signer, Func<Task<(T?, ConnectorResult.Failed?)>> call, CancellationToken ct)
    {
        if (await signer.Prepare(ct) is { } missing) return (default, missing);
        while (true)
        {
            var (response, failure) = await call();
            if (failure is null) return (response, null);
            var masked = SecretMasking.Mask(failure, signer.Mask);
            if (failure.Kind != FailureKind.ReauthRequired) return (default, masked);
            // The token was revoked, or the clocks differ. Repeating is safe: a request answered with 401 was not carried out.
            if (await signer.Renew(masked, ct) is { } final) return (default, final);
        }
    }
}
