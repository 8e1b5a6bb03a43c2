using System.Text.Json;
using System.Text.RegularExpressions;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Http;
using Connections.Connectors.Signing;

namespace Connections.Connectors.Definitions;

/// <summary>Creates the request of an activity from its input.</summary>
internal static partial class DefinedRequest
{
    /// <param name="input">An object; undefined for a request without input.</param>
    public static ApiRequest? Create(DefinedCall call, JsonElement input, HttpTarget api, IRequestSigner signer, out string? problem)
    {
        string? wrong = null;
        var left = new Dictionary<string, JsonElement>();
        foreach (var member in input.ValueKind == JsonValueKind.Object ? input.EnumerateObject().ToList() : [])
            if (!left.TryAdd(member.Name, member.Value)) wrong ??= $"The input {member.Name} is given twice.";
        var path = Place().Replace(call.Path, place =>
        {
            var name = place.Groups[1].Value;
            // Without its member, the path would name another resource.
            if (!left.Remove(name, out var value) || Text(value) is not { Length: > 0 } text)
            {
                wrong ??= $"The input {name} must not be empty.";
                return "";
            }

            return Uri.EscapeDataString(text);
        });
        problem = wrong;
        if (wrong is not null) return null;
        var method = new HttpMethod(call.Method);
        return method == HttpMethod.Get || left.Count == 0
            ? ApiRequest.Create(method, path, HttpPath.Query(left), default, api, signer, out problem)
            : ApiRequest.Create(method, path, [], JsonSerializer.SerializeToElement(left), api, signer, out problem);
    }

    private static string? Text(JsonElement value) => value.ValueKind == JsonValueKind.String ? Json.Text(value) : value.ToString();

    [GeneratedRegex(@"\{(\w+)\}")]
    private static partial Regex Place();
}
