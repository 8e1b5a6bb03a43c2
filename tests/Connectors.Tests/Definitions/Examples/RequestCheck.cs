using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TestServers;

namespace Connectors.Tests.Definitions.Examples;

/// <summary>Compares a request with that of an example.</summary>
internal static partial class RequestCheck
{
    public static void Same(ExampleCase played, JsonObject common, JsonObject expected, ReceivedRequest request, Uri address)
    {
        var (method, target) = ((string)expected["request"]!).Split(' ', 2) is [var first, var rest] ? (first, rest) : throw new InvalidOperationException($"{played}: request");
        Assert.Equal($"{played}: {method} {Plain(target.Split('?')[0])}", $"{played}: {request.Method} {Plain(address.GetLeftPart(UriPartial.Path))}");
        Assert.Equal(Pairs(target.Split('?', 2) is [_, var query] ? query : ""), Pairs(address.Query.TrimStart('?')));
        foreach (var (name, value) in common.Concat(expected["headers"]?.AsObject() ?? []))
            Assert.Equal($"{name}: {value}", $"{name}: {request.Headers.GetValueOrDefault(name)}");
        if (expected.ContainsKey("json")) Assert.Equal(YamlJson.Canonical(expected["json"]), YamlJson.Canonical(JsonNode.Parse(request.Body)));
        else if (expected["form"] is JsonObject form) Assert.Equal(Pairs(form), Pairs(request.Body));
        else Assert.Equal("", request.Body);
    }

    /// <summary>Whether the request carries the credentials.</summary>
    public static bool IsSigned(ReceivedRequest request) => Carries(request, Example.Canary);

    /// <summary>Whether a header or the address has the text, also in Basic credentials.</summary>
    public static bool Carries(ReceivedRequest request, string secret) => request.Headers.Values.Append(Uri.UnescapeDataString(request.Target))
        .Any(value => Basics(value).Append(value).Any(text => text.Contains(secret, StringComparison.Ordinal)));

    /// <summary>The Basic credentials in a text, readable.</summary>
    public static IEnumerable<string> Basics(string text) => BasicCredentials().Matches(text)
        .Select(m => Encoding.UTF8.GetString(Convert.FromBase64String(m.Groups[1].Value[..(m.Groups[1].Length / 4 * 4)])));

    private static string Plain(string path) => Uri.UnescapeDataString(path).TrimEnd('/');

    private static IEnumerable<string> Pairs(string query) => query.Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => string.Join('=', pair.Split('=', 2).Select(part => Uri.UnescapeDataString(part.Replace('+', ' '))))).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Pairs(JsonObject form) => form
        .SelectMany(field => (field.Value as JsonArray ?? [field.Value?.DeepClone()]).Select(value => $"{field.Key}={value}")).Order(StringComparer.Ordinal);

    [GeneratedRegex("Basic ([A-Za-z0-9+/=]{4,})")]
    private static partial Regex BasicCredentials();
}
