using System.Text.RegularExpressions;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.OAuth;
using Connections.Domain;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads a sign-in with OAuth.</summary>
internal sealed partial class OAuthPart(Node node, Faults faults, IReadOnlyList<FormField> settings)
{
    private static readonly IReadOnlyList<string> AddressRoots = ["operator", "settings"];

    // Requested after the browser has come back.
    private static readonly IReadOnlyList<string> LaterRoots = ["operator", "settings", "kept"];

    private static readonly Dictionary<string, Rotation> Rotations = new()
    {
        ["none"] = Rotation.None,
        ["oldStays"] = Rotation.RotateOldStays,
        ["singleUse"] = Rotation.SingleUse
    };

    private static readonly Dictionary<string, RevokeReach> Reaches = new()
    {
        ["token"] = RevokeReach.Token,
        ["grant"] = RevokeReach.Grant,
        ["none"] = RevokeReach.None
    };

    private readonly Part part = Part.From(node, "oauth", faults);

    private Dictionary<string, CallbackValue> callback = [];

    public string Scheme { get; private set; } = "Bearer";

    public (OAuthDefinition, IReadOnlyList<Scope>) Read()
    {
        Scheme = part.Text("scheme") ?? Scheme;
        callback = Callback();
        var (authorize, token) = (Address(part, "authorize", true), Address(part, "token", true, later: true));
        var (revoke, reach, bearer) = Revoke();
        var definition = new OAuthDefinition(
            authorize ?? "", token ?? "", revoke, part.Choice("rotation", Rotations) ?? Rotation.None, reach,
            TimeSpan.FromSeconds(part.Number("lifetime", 1, 315_360_000) ?? 3600), Days("idleDays"), Days("absoluteDays"), part.Flag("scopesAtRefresh"),
            Texts("parameters"), Errors(), GrantedAs(), Subtypes(), Address(part, "issuer", false),
            ScopeSeparator: part.Text("scopeSeparator") ?? " ", Answer: Answer(), RevokeWithBearer: bearer,
            Callback: callback.Count == 0 ? null : callback);
        List<Scope> scopes = [.. part.Members("scopes").Select(s => new Scope(s.Name.Value, part.TextOf(s.Value, "scopes") ?? ""))];
        part.Finish();
        return (definition, scopes);
    }

    private (string?, RevokeReach, bool) Revoke()
    {
        if (part.Take("revoke") is not { } revoke) return (null, RevokeReach.None, false);
        var inner = Part.From(revoke, "revoke", faults);
        var (address, reach, bearer) = (Address(inner, "address", true, later: true), inner.Choice("reach", Reaches) ?? RevokeReach.Token, inner.Flag("bearer"));
        inner.Finish();
        return (address, reach, bearer);
    }

    // The definition lists every value, so no address depends on what a browser brings.
    private Dictionary<string, CallbackValue> Callback()
    {
        var read = new Dictionary<string, CallbackValue>();
        foreach (var (name, value) in part.Members("callback"))
        {
            var inner = Part.From(value, "a callback value", faults);
            var parameter = inner.RequiredText("parameter", "accounts-server");
            var values = inner.Members("values").Select(v => KeyValuePair.Create(v.Name.Value, inner.TextOf(v.Value, "values") ?? "")).ToList();
            if (values.Count == 0) faults.Add(value, "\"values\" lists the values of the parameter; write values: { \"https://login.example.com\": example.com }.");
            foreach (var (_, at) in inner.Members("values"))
                if (at is Node.Text { Value.Length: > 0 } text && !HostPart().IsMatch(text.Value))
                    faults.Add(at, $"\"{text.Value}\" is no host, nor a part of one; write letters, digits, dashes and dots.");
            inner.Finish();
            if (values.Count > 0) read[name.Value] = new CallbackValue(parameter, values);
        }

        return read;
    }

    private OAuthAnswer? Answer()
    {
        if (part.Take("answer") is not { } answer) return null;
        var inner = Part.From(answer, "answer", faults);
        var standard = new OAuthAnswer();
        var read = new OAuthAnswer(
            Path(inner, "token") ?? standard.Token, Path(inner, "refreshToken") ?? standard.RefreshToken, Path(inner, "lifetime") ?? standard.Lifetime,
            Path(inner, "scope") ?? standard.Scope, Path(inner, "error") ?? standard.Error, Path(inner, "description") ?? standard.Description,
            inner.Members("keep").ToDictionary(k => k.Name.Value, k => PathOf(inner, k.Value) ?? ""));
        inner.Finish();
        return read;
    }

    private static string? Path(Part from, string name) => from.Take(name) is { } at ? PathOf(from, at) : null;

    private static string? PathOf(Part from, Node at)
    {
        if (at is Node.Text text && Dotted().IsMatch(text.Value)) return text.Value;
        from.Faults.Add(at, "Write the path of a member of the answer, such as authed_user.access_token.");
        return null;
    }

    private string? Address(Part from, string name, bool required, bool later = false)
    {
        var at = required ? from.Required(name, "\"https://login.example.com/oauth/…\"") : from.Take(name);
        if (at is null || from.TextOf(at, name) is not { } text || from.TemplateOf(at, text, later ? LaterRoots : AddressRoots) is not { } template) return null;
        foreach (var place in template.Places.Where(p => p.Roots.Contains("kept") && !callback.ContainsKey(p.Text["kept.".Length..])))
            faults.Add(at, $"{{{place.Text}}} is not known yet when tokens are requested; list its values in callback.");
        foreach (var place in template.Places) FormNames.Check(place, at, settings, [], faults);
        if (Bounded(template) is { } problem) faults.Add(at, problem);
        // The operator's values have no prefix in the application's configuration.
        return text.Replace("{operator.", "{", StringComparison.Ordinal);
    }

    private static string? Bounded(Template template)
    {
        if (template.Places.Any(p => !Simple().IsMatch(p.Text))) return "An address may hold plain values only, such as {operator.base} or {settings.company}.";
        if (template.Parts is [("", { } first), ..]) return first.Roots.Contains("operator") ? null : "An address begins with https:// or {operator.x}.";
        var literal = template.Parts[0].Literal;
        if (!literal.StartsWith("https://", StringComparison.Ordinal)) return "An address begins with https://.";
        var whole = string.Concat(template.Parts.Select(p => p.Literal + (p.Place is null ? "" : p.Place.Roots.Contains("kept") ? "listed.example" : "*")))
            ["https://".Length..].Split('/')[0];
        return !whole.Contains('*') || HostShape().IsMatch(whole)
            ? null : "The host is not bounded; a value may stand for one label before at least two fixed ones, such as {settings.company}.example.com.";
    }

    private TimeSpan? Days(string name) => part.Number(name, 1, 36_500) is { } days ? TimeSpan.FromDays(days) : null;

    private Dictionary<string, string>? Texts(string name) =>
        part.Has(name) ? part.Members(name).ToDictionary(m => m.Name.Value, m => part.TextOf(m.Value, name) ?? "") : null;

    private Dictionary<string, string?>? GrantedAs() => part.Has("grantedAs")
        ? part.Members("grantedAs").ToDictionary(m => m.Name.Value, m => m.Value is Node.Text { Plain: true, Value: "null" or "" } ? null : part.TextOf(m.Value, "grantedAs"))
        : null;

    private Dictionary<string, FailureKind>? Errors()
    {
        if (!part.Has("errors")) return null;
        var errors = Part.From(part.Take("errors")!, "errors", faults);
        return part.Members("errors").Select(m => (m.Name.Value, Kind: errors.Choice(m.Name.Value, FailureRules.Kinds)))
            .Where(m => m.Kind is not null).ToDictionary(m => m.Value, m => m.Kind!.Value);
    }

    private ErrorSubtypes? Subtypes()
    {
        if (part.Take("subtypes") is not { } at) return null;
        var inner = Part.From(at, "subtypes", faults);
        var subtypes = new ErrorSubtypes(
            inner.RequiredText("member", "error_subtype"), inner.Members("advice").ToDictionary(m => m.Name.Value, m => inner.TextOf(m.Value, "advice") ?? ""));
        inner.Finish();
        return subtypes;
    }

    [GeneratedRegex(@"^\w+(\.\w+){0,5}$")]
    private static partial Regex Dotted();

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9.-]{0,98}[A-Za-z0-9])?$")]
    private static partial Regex HostPart();

    [GeneratedRegex(@"^(operator|settings|kept)\.\w+$")]
    private static partial Regex Simple();

    [GeneratedRegex(@"^\*\.([A-Za-z0-9-]+\.)+[A-Za-z]+$|^([A-Za-z0-9-]+\.)+\*$|^([A-Za-z0-9-]+\.)*\*\.([A-Za-z0-9-]+\.)+[A-Za-z]+$")]
    private static partial Regex HostShape();
}
