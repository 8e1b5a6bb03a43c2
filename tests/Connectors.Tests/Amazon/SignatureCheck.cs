using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using TestServers;

namespace Connectors.Tests.Amazon;

/// <summary>Checks signatures as Amazon's services do, from what arrived.</summary>
internal static partial class SignatureCheck
{
    /// <summary>Null: the request is signed with the secret, for the service.</summary>
    public static string? Difference(ReceivedRequest request, string service, Func<string, (string Secret, string? Token)?> keys)
    {
        if (!request.Headers.TryGetValue("Authorization", out var authorization))
            return $"{request.Method} {request.Target} has no signature";
        var (scope, names, signature) = Read(authorization);
        var open = request.Headers.Keys.Select(header => header.ToLowerInvariant())
            .Where(header => header == "host" || header.StartsWith("x-amz-", StringComparison.Ordinal)).Except(names).ToList();
        if (open.Count > 0) return $"{request.Method} {request.Target}: the signature does not contain {string.Join(", ", open)}";
        if (keys(scope[0]) is not var (secret, token)) return $"{scope[0]} is no known key";
        if (request.Headers.GetValueOrDefault("X-Amz-Security-Token") != token) return "the session token is not that of the key";
        if (scope[3] != service) return $"the signature is for {scope[3]}, the request for {service}";
        var body = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(request.Body)));
        var hash = request.Headers.GetValueOrDefault("X-Amz-Content-SHA256") ?? body;
        if (service != "s3" && hash != body) return "the hash is not that of the body";
        var parts = request.Target.Split('?', 2);
        var calculated = Calculate(request.Method, parts[0], parts.ElementAtOrDefault(1) ?? "", [.. request.Headers], hash, secret);
        return calculated == signature ? null : $"{request.Method} {request.Target} is not signed as its headers and body need";
    }

    /// <summary>The signature for the headers that the header Authorization names.</summary>
    public static string Calculate(
        string method, string path, string query, IReadOnlyList<KeyValuePair<string, string>> headers, string bodyHash, string secret)
    {
        var (scope, names, _) = Read(headers.Single(h => h.Key == "Authorization").Value);
        var encoded = string.Join('/', path.Split('/').Select(Uri.EscapeDataString));
        var canonical = new StringBuilder().AppendJoin('\n', method, encoded, Sorted(query)).Append('\n');
        foreach (var name in names)
        {
            var values = headers.Where(h => h.Key.Equals(name, StringComparison.OrdinalIgnoreCase))
                .Select(h => Blanks().Replace(h.Value.Trim(), " "));
            canonical.Append(name).Append(':').AppendJoin(',', values).Append('\n');
        }

        canonical.Append('\n').AppendJoin(';', names).Append('\n').Append(bodyHash);
        var at = headers.Single(h => h.Key.Equals("X-Amz-Date", StringComparison.OrdinalIgnoreCase)).Value;
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonical.ToString())));
        var text = $"AWS4-HMAC-SHA256\n{at}\n{string.Join('/', scope[1..])}\n{hash}";
        var key = Encoding.UTF8.GetBytes($"AWS4{secret}");
        foreach (var part in scope[1..]) key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        return Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(text)));
    }

    public static (string[] Scope, string[] Names, string Signature) Read(string authorization)
    {
        var parts = authorization.Split(' ', ',').Select(part => part.Split('=', 2)).Where(part => part.Length == 2)
            .ToDictionary(part => part[0], part => part[1]);
        return (parts["Credential"].Split('/'), parts["SignedHeaders"].Split(';'), parts["Signature"]);
    }

    private static string Sorted(string query) => string.Join('&', query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(part => part.Split('=', 2)).Select(part => (Name: Encode(part[0]), Value: Encode(part.ElementAtOrDefault(1) ?? "")))
        .OrderBy(part => part.Name, StringComparer.Ordinal).ThenBy(part => part.Value, StringComparer.Ordinal)
        .Select(part => $"{part.Name}={part.Value}"));

    private static string Encode(string text) => Uri.EscapeDataString(Uri.UnescapeDataString(text));

    [GeneratedRegex(@"\s+")]
    private static partial Regex Blanks();
}
