using System.Globalization;
using System.Net;
using System.Text;
using DevLab.JmesPath;
using DevLab.JmesPath.Functions;
using DevLab.JmesPath.Interop;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Expressions;

/// <summary>
/// The functions beside those of JMESPath. Each returns null for null. <c>split</c> takes the place of the library's, which keeps its arguments
/// in a field and mixes the texts of evaluations that run at once.
/// </summary>
internal static class AddedFunctions
{
    // Their result may be much longer than their arguments.
    private static readonly string[] Refused = ["pad_left", "pad_right"];

    /// <summary>Name, the description for people, the number of arguments, and the function.</summary>
    public static readonly IReadOnlyList<(string Name, string Description, int Arguments, Func<JToken[], JToken> Run)> All =
    [
        ("entries", "the members of an object as a list of {key, value}", 1, a => Entries(Type<JObject>(a[0]))),
        ("number", "the number of a text, with all its digits; null if the text is no number", 1, a => a[0] is JValue { Type: JTokenType.String } text
            ? Tokens.Number(((string)text!).Trim()) : a[0].Type is JTokenType.Integer or JTokenType.Float ? a[0] : JValue.CreateNull()),
        ("time_ms", "the time (ISO 8601) of milliseconds since 1970", 1, a => Time(Milliseconds(a[0], 1))),
        ("time_s", "the time (ISO 8601) of seconds since 1970", 1, a => Time(Milliseconds(a[0], 1000))),
        ("time_rfc2822", "the time (ISO 8601) of a text such as Mon, 30 Nov 2026 05:00:00 +0000", 1, a => Rfc2822(Text(a[0]))),
        ("seconds_until", "the seconds from a time in milliseconds (second argument), such as at.ms, to one in seconds since 1970; at least 1", 2,
            a => Until(a[0], a[1])),
        ("unescape_html", "a text with &amp;, &lt; and other HTML references replaced", 1, a => new JValue(WebUtility.HtmlDecode(Text(a[0])))),
        ("json", "a value as JSON text", 1, a => new JValue(Encoding.UTF8.GetString(Tokens.Utf8(a[0])))),
        ("ascii_json", "a value as JSON text in ASCII, for a header", 1, a => new JValue(Ascii(Encoding.UTF8.GetString(Tokens.Utf8(a[0]))))),
        ("parse_json", "the value of a JSON text; null if the text is no JSON", 1, a => Tokens.Parse(Text(a[0])) ?? JValue.CreateNull()),
        ("base64", "the bytes of a text (UTF-8) in base64", 1, a => new JValue(Convert.ToBase64String(Encoding.UTF8.GetBytes(Text(a[0]))))),
        ("split", "the parts of a text (first argument) between the separators (second argument)", 2, a =>
            new JArray(Text(a[1]) is { Length: > 0 } separator ? Text(a[0]).Split(separator) : Text(a[0]).Select(c => c.ToString()))),
        ("comma", "the items of a list as one text, separated by commas", 1, a =>
            new JValue(string.Join(',', Type<JArray>(a[0]).Where(item => !Tokens.IsNull(item)).Select(Tokens.Text)))),
        ("unless", "the first value; null if it equals the second", 2, a => JToken.DeepEquals(a[0], a[1]) ? JValue.CreateNull() : a[0]),
        ("pick", "the member of an object (first argument) that a text (second argument) names", 2, a =>
            Type<JObject>(a[0]).TryGetValue(Text(a[1]), StringComparison.Ordinal, out var found) ? found : JValue.CreateNull())
    ];

    public static JmesPath Register(JmesPath language)
    {
        foreach (var (name, _, arguments, run) in All)
            language.FunctionRepository.Register(name, new Added(name, arguments, run));
        foreach (var name in Refused) language.FunctionRepository.Register(name, new Added(name, 2, _ => throw new ExpressionFault($"{name} is not available")));
        return language;
    }

    public static IReadOnlyList<string> Names(JmesPath language) =>
        [.. ((IFunctionRepository)language.FunctionRepository).Names.Except(Refused).Order(StringComparer.Ordinal)];

    private static JArray Entries(JObject members) =>
        new(members.Properties().Select(p => new JObject { ["key"] = p.Name, ["value"] = p.Value }));

    private static JValue Time(long? milliseconds)
    {
        if (milliseconds is not (>= -62_135_596_800_000 and <= 253_402_300_799_999)) return JValue.CreateNull();
        return Iso(DateTimeOffset.FromUnixTimeMilliseconds(milliseconds.Value));
    }

    private static JValue Until(JToken seconds, JToken now) => Milliseconds(seconds, 1000) is { } end && Milliseconds(now, 1) is { } begin
        ? new JValue(Math.Max(1, (end - begin + 999) / 1000)) : JValue.CreateNull();

    private static JValue Iso(DateTimeOffset time) => new(time.UtcDateTime.ToString(
        time.Millisecond == 0 ? "yyyy-MM-dd'T'HH:mm:ss'Z'" : "yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture));

    private static long? Milliseconds(JToken value, int factor)
    {
        var text = Tokens.Text(value);
        return decimal.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && Math.Abs(number) < 1_000_000_000_000_000
            ? (long)(number * factor) : null;
    }

    private static JValue Rfc2822(string text)
    {
        var at = text.IndexOf('(');
        return DateTimeOffset.TryParse(
            at < 0 ? text : text[..at], CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AllowWhiteSpaces, out var time)
            ? Iso(time) : JValue.CreateNull();
    }

    private static string Ascii(string json)
    {
        if (Encoding.UTF8.GetByteCount(json) == json.Length && !json.Contains('\u007f')) return json;
        var ascii = new StringBuilder();
        foreach (var c in json)
        {
            if (c is < '\u007f') ascii.Append(c);
            else ascii.Append(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}");
        }

        return ascii.ToString();
    }

    private static string Text(JToken value) => value.Type == JTokenType.String ? (string)value! : throw new ExpressionFault("a text is expected");

    private static T Type<T>(JToken value) where T : JToken =>
        value as T ?? throw new ExpressionFault(typeof(T) == typeof(JArray) ? "a list is expected" : "an object is expected");

    private sealed class Added(string name, int arguments, Func<JToken[], JToken> run) : JmesPathFunction(name, arguments)
    {
        public override JToken Execute(params JmesPathFunctionArgument[] args) =>
            Tokens.IsNull(args[0].Token) ? JValue.CreateNull() : run([.. args.Select(a => a.Token)]);
    }
}
