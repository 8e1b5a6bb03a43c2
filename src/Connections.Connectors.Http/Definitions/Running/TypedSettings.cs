using System.Text.Json;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Guard;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>
/// The settings of a connection as expressions read them. Typed hosts are in normal form, so that one account has one identity.
/// </summary>
internal static class TypedSettings
{
    public static JObject Read(Definition definition, JsonElement settings)
    {
        var read = settings.ValueKind == JsonValueKind.Object ? (JObject)Tokens.From(settings) : new JObject();
        foreach (var name in definition.Servers.Values.SelectMany(s => s.HostSettings))
            if (read[name] is { Type: JTokenType.String } typed) read[name] = Normal((string)typed!);
        return read;
    }

    // A text that is no host stays as it is: the address with it is rejected later.
    private static string Normal(string typed) =>
        HostName.Parse(typed, out _) is { Address: null } host ? host.Name : typed.ToLowerInvariant();
}
