using Connections.Connectors.Masking;

namespace Connections.Connectors.Signing;

/// <summary>Sends a key as a query parameter.</summary>
public sealed class QuerySigner(string parameter, string value) : IRequestSigner
{
    public string QueryParameter => parameter;

    public SecretMask Mask { get; } = new(
        new SentSecret(value, $"{parameter}="), new SentSecret(Uri.EscapeDataString(value), $"{Uri.EscapeDataString(parameter)}="));

    // A redirect within the origin may have kept the parameter.
    public void Sign(HttpRequestMessage request)
    {
        var address = request.RequestUri!;
        var pair = $"{Uri.EscapeDataString(parameter)}={Uri.EscapeDataString(value)}";
        if (address.Query.TrimStart('?').Split('&').Contains(pair)) return;
        request.RequestUri = new UriBuilder(address) { Query = address.Query.Length > 1 ? $"{address.Query[1..]}&{pair}" : pair }.Uri;
    }
}
