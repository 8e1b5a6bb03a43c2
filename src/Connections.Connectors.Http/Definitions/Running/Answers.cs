using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Http;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Judges an answer: a success, a failure, or the result that a rule gives instead.</summary>
internal static class Answers
{
    private const int MaxMessage = 400;

    /// <summary>
    /// Puts the answer into the roots <c>body</c>, <c>headers</c>, <c>status</c>. Members to drop are removed before anything sees them.
    /// </summary>
    public static ApiResponse Read(Call call, ApiResponse response)
    {
        var text = response.Text is { Length: > 0 } given
            && (response.BodyType == "json" || given.AsSpan().TrimStart() is ['{' or '[', ..]) ? given : null;
        var body = text is null ? JValue.CreateNull() : Tokens.Parse(text) ?? JValue.CreateNull();
        if (call.Definition.Drop.Count > 0 && Drop(body, call.Definition.Drop))
            response = response with { Text = System.Text.Encoding.UTF8.GetString(Tokens.Utf8(body)) };
        var headers = new JObject();
        foreach (var (name, value) in response.Headers) headers[name] = value;
        call.Set("body", body);
        call.Set("headers", headers);
        call.Set("status", response.Status);
        return response;
    }

    /// <summary>Null: a success. A value in <paramref name="result"/>: the result of a rule.</summary>
    public static ConnectorResult.Failed? Judge(Call call, Operation operation, ApiResponse response, bool needsBody, out JToken? result)
    {
        result = null;
        var roots = call.Roots;
        var accepted = Accepts(operation, response);
        var isJson = roots["body"]!.Type != JTokenType.Null || response.BodyType == "none" || response.Status == 204;
        if (accepted && !isJson && needsBody)
            return response.As(FailureKind.Unavailable, "The API answered something else than JSON", Delivered.Maybe);
        if (Succeeds(operation, response, roots)) return null;
        if (FindRule(call, operation.Failures, response) is { } found)
        {
            if (found.Rule.Result is null) return ToFailure(found.Rule, response, found.Code, roots);
            result = found.Rule.Result.Create(roots);
            return null;
        }

        return response.Failure ?? response.Status switch
        {
            404 => response.As(FailureKind.NotFound, "The API found no such resource", Delivered.Yes),
            _ => response.As(FailureKind.InvalidInput, "The API rejected the request", Delivered.Yes)
        };
    }

    /// <summary>
    /// Judges the answer to a request that the caller wrote. Null: the caller reads the answer. A failure says that the credentials, the
    /// application or the server do not work now; and a status that is a failure by itself may mean something else at this API.
    /// </summary>
    /// <exception cref="ExpressionFault">A rule of the definition cannot be applied to the answer.</exception>
    public static ConnectorResult.Failed? JudgeRequest(Call call, ApiResponse response)
    {
        if (response.Status is >= 200 and < 300
            && (call.Definition.SuccessWhen is not { } success || Tokens.IsTrue(success.Evaluate(call.Roots)))) return null;
        if (FindRule(call, [], response) is not { Rule: { Result: null } rule } found) return response.Failure;
        var failure = ToFailure(rule, response, found.Code, call.Roots);
        return response.Failure is not null || failure.Kind is not (FailureKind.Forbidden or FailureKind.NotFound or FailureKind.InvalidInput)
            ? failure : null;
    }

    /// <exception cref="ExpressionFault">The rule of the success cannot be applied to the answer.</exception>
    public static bool Succeeds(Operation operation, ApiResponse response, JObject roots) =>
        Accepts(operation, response) && (operation.SuccessWhen is null || Tokens.IsTrue(operation.SuccessWhen.Evaluate(roots)));

    private static (FailureRule Rule, string? Code)? FindRule(Call call, IReadOnlyList<FailureRule> first, ApiResponse response)
    {
        if (PlainText(response) is { } text && call.Roots["body"]!.Type == JTokenType.Null) call.Set("body", text);
        var code = call.Definition.ErrorCode is { } path ? Tokens.Text(path.Evaluate(call.Roots)) : null;
        return first.Concat(call.Definition.Failures).FirstOrDefault(rule => Matches(rule, response, code, call.Roots)) is { } rule
            ? (rule, code) : null;
    }

    // For the rules of a failure only: a success is JSON.
    private static string? PlainText(ApiResponse response) =>
        response is { BodyType: "text", Text: { } text } && response.Headers.Any(h =>
            h.Key == "content-type" && h.Value.StartsWith("text/plain", StringComparison.OrdinalIgnoreCase)) ? text.Trim() : null;

    private static bool Accepts(Operation operation, ApiResponse response) =>
        operation.Statuses.Any(s => response.Status >= s.From && response.Status <= s.To);

    private static bool Matches(FailureRule rule, ApiResponse response, string? code, JObject roots) =>
        (rule.Statuses.Count == 0 || rule.Statuses.Any(s => response.Status >= s.From && response.Status <= s.To))
        && (rule.Codes.Count == 0 || (code is not null && rule.Codes.Any(known => Same(known, code))))
        && rule.Headers.All(h => response.Headers.Any(given =>
            given.Key.Equals(h.Key, StringComparison.OrdinalIgnoreCase) && Same(h.Value, given.Value)))
        && (rule.When is null || Tokens.IsTrue(rule.When.Evaluate(roots)));

    // A star at the end stands for any rest.
    private static bool Same(string known, string given) => known.EndsWith('*')
        ? given.StartsWith(known[..^1], StringComparison.Ordinal) : known == given;

    private static ConnectorResult.Failed ToFailure(FailureRule rule, ApiResponse response, string? code, JObject roots)
    {
        var kind = rule.Kind == FailureKind.ReauthRequired && !response.Own ? FailureKind.Forbidden : rule.Kind;
        var (what, delivered) = Words(kind);
        var failure = response.As(kind, what, rule.Delivered ?? delivered);
        if (rule.RetryAfter is { } wait) failure = failure with { RetryAfter = After(wait, response, roots) };
        // A code that the definition lists is no free text.
        if (code is not null && rule.Codes.Contains(code)) failure = failure with { OwnWords = $"{what} ({response.Status}, {code})." };
        if (rule.Message is null) return failure;
        var message = rule.Message.Fill(roots);
        return failure with
        {
            Message = message.Length <= MaxMessage ? message : message[..MaxMessage] + "…",
            OwnWords = rule.Message.Places.Any() ? failure.OwnWords : message
        };
    }

    private static TimeSpan? After(Wait wait, ApiResponse response, JObject roots)
    {
        if (wait.Seconds is { } seconds) return TimeSpan.FromSeconds(seconds);
        if (wait.Value is null) return response.RetryAfter;
        var text = Tokens.Text(wait.Value.Evaluate(roots));
        return double.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var value) && value is >= 0 and < 31_536_000
            ? TimeSpan.FromSeconds(value) : response.RetryAfter;
    }

    private static (string What, Delivered Delivered) Words(FailureKind kind) => kind switch
    {
        FailureKind.ReauthRequired => ("The API rejected the credentials", Delivered.No),
        FailureKind.Forbidden => ("The credentials do not allow this", Delivered.Yes),
        FailureKind.Throttled => ("The API limits the request rate", Delivered.No),
        FailureKind.Unavailable => ("The API failed", Delivered.Maybe),
        FailureKind.Timeout => ("The API did not finish in time", Delivered.Maybe),
        FailureKind.NotFound => ("The API found no such resource", Delivered.Yes),
        FailureKind.Operator => ("The API rejected our application", Delivered.Yes),
        _ => ("The API rejected the request", Delivered.Yes)
    };

    private static bool Drop(JToken token, IReadOnlySet<string> names)
    {
        var dropped = false;
        if (token is JObject members)
        {
            foreach (var member in members.Properties().ToList())
            {
                if (names.Contains(member.Name))
                {
                    member.Remove();
                    dropped = true;
                }
                else dropped |= Drop(member.Value, names);
            }
        }
        else if (token is JArray items)
        {
            foreach (var item in items) dropped |= Drop(item, names);
        }

        return dropped;
    }
}
