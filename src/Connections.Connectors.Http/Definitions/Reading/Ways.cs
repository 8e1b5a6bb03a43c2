using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.OAuth;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads the ways to sign in.</summary>
internal sealed class Ways(Part definition, Operations operations, IReadOnlyList<FormField> settings)
{
    private static readonly string[] Kinds = ["none", "basic", "bearer", "header", "query", "oauth"];

    public OAuthDefinition? OAuth { get; private set; }

    public IReadOnlyList<Scope> Scopes { get; private set; } = [];

    public IReadOnlyList<Way> Read()
    {
        var ways = new List<Way>();
        if (definition.Required("authentication", "{ key: { label: API key, … } }") is not { } node) return ways;
        if (node is not Node.Members { Content.Count: > 0 })
            definition.Faults.Add(node, "\"authentication\" must be an object with at least one way to sign in; write none: { none: true } if the API needs none.");
        foreach (var (name, value) in definition.Members("authentication")) ways.Add(Read(name, value));
        return ways;
    }

    private Way Read(Node.Text name, Node value)
    {
        var part = Part.From(value, "a way to sign in", definition.Faults);
        var credentials = Forms.Read(part.Members("credentials"), "a credential", part.Faults);
        var given = Kinds.Where(part.Has).ToList();
        if (given.Count != 1)
        {
            part.Faults.Add(value, given.Count == 0
                ? $"The way \"{name.Value}\" says not how to sign in; add one of {string.Join(", ", Kinds)}."
                : $"The way \"{name.Value}\" signs in twice ({string.Join(", ", given)}); make two ways of it.");
        }

        var signIn = SignIn(part, given.FirstOrDefault(), credentials);
        var probe = part.Take("probe") is { } own ? Probes.Read(own, operations, part.Faults) : null;
        var identity = part.Take("identity") is { } id ? Probes.Identity(id, operations, part.Faults) : null;
        var way = new Way(name.Value, part.Text("label") ?? name.Value, credentials, signIn, probe, identity);
        part.Finish();
        return way;
    }

    private SignIn SignIn(Part part, string? kind, IReadOnlyList<FormField> credentials)
    {
        switch (kind)
        {
            case "basic":
                var basic = Part.From(part.Take("basic")!, "basic", part.Faults);
                var (user, password) = (Template(basic, "username", credentials), Template(basic, "password", credentials));
                basic.Finish();
                return new SignIn.Basic(user, password);
            case "bearer":
                return new SignIn.Bearer(Template(part, "bearer", credentials));
            case "header" or "query":
                var named = Part.From(part.Take(kind)!, kind, part.Faults);
                var (name, value) = (named.RequiredText("name", "X-Api-Key"), Template(named, "value", credentials));
                named.Finish();
                return kind == "header" ? new SignIn.Header(name, value) : new SignIn.Query(name, value);
            case "oauth":
                if (OAuth is not null) part.Faults.Add(part.NameOf("oauth"), "There are two ways with oauth; keep one.");
                var reader = new OAuthPart(part.Take("oauth")!, part.Faults, settings);
                (OAuth, Scopes) = reader.Read();
                return new SignIn.OAuth(reader.Scheme);
            default:
                return new SignIn.None();
        }
    }

    private Template Template(Part part, string name, IReadOnlyList<FormField> credentials)
    {
        var empty = Expressions.Template.Parse("", Roots.Authentication);
        if (part.Required(name, "\"{credentials.key}\"") is not { } node) return empty;
        if (node is Node.Text { Value: "" }) return empty;
        if (part.Template(name, Roots.Authentication) is not { } template) return empty;
        foreach (var place in template.Places) FormNames.Check(place, node, settings, credentials, part.Faults);
        return template;
    }
}
