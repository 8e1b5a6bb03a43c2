using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Connections.Connectors.Catalogue;

namespace Connections.Connectors.GoogleVision;

/// <summary>The key of a Google service account, as its JSON file has it.</summary>
internal sealed record ServiceAccount(string Project, string Email, string? KeyId, string PrivateKey)
{
    /// <summary>Google's token endpoint. The file names it too, but a changed file could name another host, which would get the signature.</summary>
    public const string TokenAddress = "https://oauth2.googleapis.com/token";

    private const string Scope = "https://www.googleapis.com/auth/cloud-vision";

    public static readonly TimeSpan Life = TimeSpan.FromHours(1);

    /// <summary>Null if the text is no usable key; <paramref name="problem"/> then gives the reason and quotes nothing.</summary>
    public static ServiceAccount? Parse(string? text, out string? problem)
    {
        problem = "The key of the service account is not the JSON file that Google Cloud offers: paste the whole file.";
        var file = Json.Foreign(text);
        if (Json.Given(file, "client_email") is not { } email || Json.Given(file, "private_key") is not { } key
            || Json.Given(file, "project_id") is not { } project) return null;
        problem = "The key is not of a service account: its type must be service_account.";
        if (Json.Given(file, "type") != "service_account") return null;
        problem = $"The key names another token_uri than {TokenAddress}: keys of Google name this one. Download the key again.";
        if (Json.Given(file, "token_uri") is { } address && address != TokenAddress) return null;
        problem = "The private_key of the service account cannot be read: paste the whole file, without changes.";
        using var rsa = RSA.Create();
        if (!Import(rsa, key)) return null;
        problem = null;
        return new ServiceAccount(project, email, Json.Given(file, "private_key_id"), key);
    }

    /// <summary>A signed request for an access token (RFC 7523).</summary>
    public string CreateAssertion(DateTimeOffset now)
    {
        var header = Json.Object(writer =>
        {
            writer.WriteString("alg", "RS256");
            writer.WriteString("typ", "JWT");
            if (KeyId is not null) writer.WriteString("kid", KeyId);
        });
        var claims = Json.Object(writer =>
        {
            writer.WriteString("iss", Email);
            writer.WriteString("scope", Scope);
            writer.WriteString("aud", TokenAddress);
            writer.WriteNumber("iat", now.ToUnixTimeSeconds());
            writer.WriteNumber("exp", (now + Life).ToUnixTimeSeconds());
        });
        var text = $"{Encode(header)}.{Encode(claims)}";
        using var rsa = RSA.Create();
        rsa.ImportFromPem(PrivateKey);
        var signature = rsa.SignData(Encoding.ASCII.GetBytes(text), HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        return $"{text}.{Base64Url.EncodeToString(signature)}";
    }

    private static string Encode(JsonElement part) => Base64Url.EncodeToString(Encoding.UTF8.GetBytes(part.GetRawText()));

    private static bool Import(RSA rsa, string key)
    {
        try
        {
            rsa.ImportFromPem(key);
            return rsa.SignData([0], HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).Length > 0; // a public key can be read, too
        }
        catch (Exception e) when (e is ArgumentException or CryptographicException)
        {
            return false;
        }
    }
}
