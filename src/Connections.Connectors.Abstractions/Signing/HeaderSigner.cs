using System.Text;
using Connections.Connectors.Masking;

namespace Connections.Connectors.Signing;

/// <summary>Sends the credentials in a header: basic authentication, a bearer token, or a key.</summary>
public sealed class HeaderSigner : IRequestSigner
{
    private const string Authorization = "Authorization";
    private static readonly char[] Separators = [' ', ';', ',', '=', '"'];

    private readonly string value;

    private HeaderSigner(string header, string value, params IEnumerable<SentSecret> secrets) =>
        (Header, this.value, Mask) = (header, value, new SecretMask(secrets));

    public string Header { get; }

    public SecretMask Mask { get; }

    /// <summary>Without a password, the user name is the key.</summary>
    public static HeaderSigner Basic(string username, string password)
    {
        var pair = Convert.ToBase64String(Encoding.UTF8.GetBytes($"{username}:{password}"));
        return new HeaderSigner(
            Authorization, $"Basic {pair}", new SentSecret(pair, "Basic "), new SentSecret($"{username}:{password}"),
            new SentSecret(password.Length > 0 ? password : username));
    }

    public static HeaderSigner Bearer(string token) => new(Authorization, $"Bearer {token}", new SentSecret(token, "Bearer "));

    /// <param name="value">The whole value: a key, a scheme and a key (<c>Token abcd</c>), or a cookie.</param>
    public static HeaderSigner Key(string header, string value) => new(
        header, value, value.Split(Separators).Where(SentSecret.IsDistinctive).Select(part => new SentSecret(part))
            .Prepend(new SentSecret(value, $"{header}: ")));

    public void Sign(HttpRequestMessage request)
    {
        request.Headers.Remove(Header);
        request.Headers.TryAddWithoutValidation(Header, value);
    }
}
