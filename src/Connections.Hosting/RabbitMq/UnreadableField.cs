using System.Text.Json;
using System.Text.RegularExpressions;

namespace Connections.Hosting.RabbitMq;

/// <summary>Names the field of a message that cannot be read and what it has to be, without quoting its value.</summary>
internal static partial class UnreadableField
{
    /// <param name="command">The type of the message; null when it is unknown.</param>
    public static string Describe(JsonException fault, Type? command)
    {
        if (fault.Message.Contains("depth", StringComparison.Ordinal)) return "The message nests deeper than 64 levels.";
        if (Missing().Match(fault.Message) is { Success: true } missing)
            return string.Join(' ', Name().Matches(missing.Groups["names"].Value).Select(name => $"{name.Groups["name"].Value}: Required."));
        if (fault.Path is not { Length: > 2 } path) return fault.Message;
        var problem = fault switch
        {
            { InnerException: InvalidOperationException broken } when broken.Message.Contains("UTF-16", StringComparison.Ordinal) =>
                "The text has half of a surrogate pair, such as \\ud83d. Write the whole character.",
            _ when fault.Message.Contains("could not be converted", StringComparison.Ordinal) => $"Must be {Wanted(FieldType(command, path[2..]))}.",
            _ => fault.Message
        };
        return $"{path[2..]}: {problem}";
    }

    private static Type? FieldType(Type? command, string path) => path.Split('.').Aggregate(
        command,
        (type, name) => type?.GetProperties().FirstOrDefault(property => JsonNamingPolicy.CamelCase.ConvertName(property.Name) == name)?.PropertyType);

    private static string Wanted(Type? type) => (Nullable.GetUnderlyingType(type ?? typeof(object)) ?? type) switch
    {
        var t when t == typeof(Guid) => "a UUID",
        var t when t == typeof(DateTimeOffset) => "a time such as 2026-10-01T00:00:00Z",
        var t when t == typeof(int) || t == typeof(long) => "a whole number",
        var t when t == typeof(bool) => "true or false",
        var t when t == typeof(string) => "text",
        _ => "an object"
    };

    [GeneratedRegex("missing required properties including: (?<names>.*)")]
    private static partial Regex Missing();

    [GeneratedRegex("'(?<name>\\w+)'")]
    private static partial Regex Name();
}
