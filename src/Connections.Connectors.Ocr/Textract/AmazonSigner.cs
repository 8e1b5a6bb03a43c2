using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Connections.Connectors.Masking;
using Connections.Connectors.S3;
using Connections.Connectors.Signing;

namespace Connections.Connectors.Textract;

/// <summary>
/// Signs requests to the root of a service, without a query
/// (https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_sigv-create-signed-request.html).
/// </summary>
internal sealed partial class AmazonSigner(S3Keys keys, string region, string service, TimeProvider clock) : IRequestSigner
{
    private const string Algorithm = "AWS4-HMAC-SHA256";

    // Proxies change other headers on the way.
    private static readonly string[] Signed = ["host", "content-type", "x-amz-date", "x-amz-security-token", "x-amz-target"];

    public SecretMask Mask { get; } = new(
        keys.Token is null ? [new SentSecret(keys.Secret)] : [new SentSecret(keys.Secret), new SentSecret(keys.Token)]);

    public string Header => "Authorization";

    public void Sign(HttpRequestMessage request)
    {
        var (at, address) = (clock.GetUtcNow(), request.RequestUri!);
        request.Headers.TryAddWithoutValidation("X-Amz-Date", Time(at));
        if (keys.Token is not null) request.Headers.TryAddWithoutValidation("X-Amz-Security-Token", keys.Token);
        var name = address.HostNameType == UriHostNameType.IPv6 ? $"[{address.IdnHost}]" : address.IdnHost;
        var host = address.IsDefaultPort ? name : $"{name}:{address.Port}";
        var headers = request.Headers.Concat(request.Content!.Headers).Select(h => KeyValuePair.Create(h.Key, string.Join(',', h.Value)))
            .Append(new("Host", host)).Where(h => Signed.Contains(h.Key, StringComparer.OrdinalIgnoreCase));
        request.Headers.TryAddWithoutValidation(
            Header, Authorization(request.Method.Method, headers, SHA256.HashData(request.Content.ReadAsStream()), at));
    }

    /// <param name="headers">All headers to sign. A name may occur twice.</param>
    internal string Authorization(string method, IEnumerable<KeyValuePair<string, string>> headers, byte[] bodyHash, DateTimeOffset at)
    {
        var lines = headers.GroupBy(h => h.Key.ToLowerInvariant(), h => Blanks().Replace(h.Value.Trim(), " "))
            .OrderBy(h => h.Key, StringComparer.Ordinal).Select(h => (Name: h.Key, Line: $"{h.Key}:{string.Join(',', h)}\n")).ToList();
        var names = string.Join(';', lines.Select(line => line.Name));
        var request = $"{method}\n/\n\n{string.Concat(lines.Select(line => line.Line))}\n{names}\n{Convert.ToHexStringLower(bodyHash)}";
        var scope = $"{Time(at)[..8]}/{region}/{service}/aws4_request";
        var signed = $"{Algorithm}\n{Time(at)}\n{scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request)))}";
        var key = scope.Split('/').Aggregate(Encoding.UTF8.GetBytes($"AWS4{keys.Secret}"), Mac);
        return $"{Algorithm} Credential={keys.Id}/{scope}, SignedHeaders={names}, Signature={Convert.ToHexStringLower(Mac(key, signed))}";
    }

    private static byte[] Mac(byte[] key, string text) => HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text));

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd'T'HHmmss'Z'", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
