using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;
using Connections.Connectors.Definitions.Reading;
using Connections.Connectors.Http;
using Connections.Connectors.OAuth;
using Connections.Domain;
using Newtonsoft.Json.Linq;

namespace Connections.Connectors.Definitions.Running;

/// <summary>Fills the address of a server, and checks that its host is one that the definition allows.</summary>
internal sealed class Targets(Definition definition, OAuthApplications applications, IReadOnlyDictionary<string, string> replaced)
{
    /// <param name="roots">With <c>settings</c> and, after a sign-in, <c>kept</c>. Gets <c>operator</c>.</param>
    /// <returns>Null if there is no such address; <paramref name="problem"/> then says why.</returns>
    public HttpTarget? Find(string server, string? workspace, JObject roots, out ConnectorResult.Failed? problem)
    {
        problem = null;
        if (replaced.TryGetValue(server, out var configured))
        {
            if (HttpTarget.Parse(configured, out var wrong) is { } other) return other;
            problem = Failed(FailureKind.Operator, $"Connectors:{definition.Entry.Id}:Servers:{server}: {wrong}");
            return null;
        }

        var found = definition.Servers[server];
        roots["operator"] ??= Operator(workspace);
        foreach (var place in found.Address.Places.Where(p => Tokens.IsNull(p.Evaluate(roots)) || Tokens.Text(p.Evaluate(roots)) == ""))
        {
            problem = Missing(place);
            return null;
        }

        var address = Fill(found.Address, roots);
        var target = HttpTarget.Parse(address, out var why);
        if (target is null) problem = Failed(KindOf(found), why!);
        else if (found.Hosts is { } hosts && !Servers.Allows(hosts, Host(target.Base)))
        {
            problem = Failed(FailureKind.InvalidInput, $"{definition.Entry.Name} allows no host but {string.Join(", ", hosts)}.");
            return null;
        }

        return target;
    }

    // A host pattern with a port allows this port, one without allows the usual one.
    private static string Host(Uri address) => address.IsDefaultPort ? address.IdnHost : $"{address.IdnHost}:{address.Port}";

    private static string Fill(Template template, JObject roots)
    {
        var begun = "";
        foreach (var (literal, place) in template.Parts)
        {
            begun += literal;
            if (place is null) continue;
            var value = Tokens.Text(place.Evaluate(roots))!;
            begun += InPath(begun) ? Uri.EscapeDataString(value) : value;
        }

        return begun;
    }

    private static bool InPath(string begun) => begun.IndexOf("://", StringComparison.Ordinal) is > 0 and var at && begun.IndexOf('/', at + 3) > 0;

    private ConnectorResult.Failed Missing(Expression place) => place.Roots.Contains("operator")
        ? Failed(FailureKind.Operator, applications.Find(definition.Entry.Id, null) is null && definition.Entry.OAuth is not null
            ? $"No OAuth application is configured for {definition.Entry.Name}."
            : $"The OAuth application has no value for {{{place.Text["operator.".Length..]}}}.")
        : place.Roots.Contains("kept")
            ? Failed(FailureKind.ReauthRequired, $"The sign-in kept no {place.Text["kept.".Length..]}; sign in again.")
            : Failed(FailureKind.InvalidInput, $"The setting {place.Text["settings.".Length..]} is empty.");

    private static FailureKind KindOf(Server server) =>
        server.Address.Places.Any(p => p.Roots.Contains("operator")) ? FailureKind.Operator : FailureKind.InvalidInput;

    private JObject Operator(string? workspace)
    {
        var values = new JObject();
        var application = applications.Find(definition.Entry.Id, workspace);
        foreach (var name in definition.Servers.Values.SelectMany(s => s.Address.Places).Where(p => p.Roots.Contains("operator"))
            .Select(p => p.Text["operator.".Length..]).Concat(definition.OperatorDefaults.Keys).Distinct())
            if ((application?.Value(name) ?? definition.OperatorDefaults.GetValueOrDefault(name)?.TrimEnd('/')) is { } value) values[name] = value;
        return values;
    }

    private static ConnectorResult.Failed Failed(FailureKind kind, string message) => new(kind, message, Delivered.No, Answered: true);
}
