using System.Globalization;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Signing;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>The values that the expressions of one call read, and how it signs and sends.</summary>
internal sealed class Call
{
    public const int MaxRequests = 100;

    private int sent;

    public Call(
        Definition definition, ConnectionUse use, Way way, IRequestSigner signer, Func<Uri, HttpMessageInvoker> client, DateTimeOffset now)
    {
        (Definition, Use, Way, Signer, Client) = (definition, use, way, signer, client);
        Roots = new JObject
        {
            ["settings"] = TypedSettings.Read(definition, use.Settings),
            ["activity"] = new JObject { ["id"] = use.Activity?.ToString() },
            ["at"] = new JObject
            {
                ["time"] = now.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
                ["ms"] = now.ToUnixTimeMilliseconds(),
                ["date"] = now.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
            }
        };
    }

    public Definition Definition { get; }

    public ConnectionUse Use { get; }

    public Way Way { get; }

    public IRequestSigner Signer { get; }

    public Func<Uri, HttpMessageInvoker> Client { get; }

    public JObject Roots { get; }

    /// <summary>Whether the call may send one more request.</summary>
    public bool Count() => ++sent <= MaxRequests;

    public void Set(string root, JToken value) => Roots[root] = value;

    /// <summary>After the signer is ready: the values that the sign-in kept.</summary>
    public void SetKept()
    {
        var kept = new JObject();
        if (Signer is OAuthSigner oauth)
            foreach (var (name, value) in oauth.Kept) kept[name] = value;
        Set("kept", kept);
    }

    /// <summary>The message names the connector and the place in its definition, and no value.</summary>
    public ConnectorResult.Failed Wrong(FailureKind kind, string place, string why, Delivered delivered) =>
        new(kind, $"{Definition.Entry.Name} ({Definition.Entry.Id}): {place}: {why}.", delivered, Answered: true);
}
