using System.Text.RegularExpressions;
using Connections.Connectors.Definitions.Expressions;
using Connections.Connectors.Definitions.Model;

namespace Connections.Connectors.Definitions.Reading;

/// <summary>Reads the servers: the only hosts that a definition can reach.</summary>
internal static partial class Servers
{
    public static IReadOnlyDictionary<string, Server> Read(Part definition)
    {
        var servers = new Dictionary<string, Server>(StringComparer.Ordinal);
        if (definition.Required("servers", "{ api: \"https://api.example.com/v1\" }") is not { } node) return servers;
        if (node is not Node.Members { Content.Count: > 0 } members)
        {
            definition.Faults.Add(node, "\"servers\" must be an object with at least one server; write api: \"https://api.example.com/v1\".");
            return servers;
        }

        foreach (var (name, value) in members.Content)
            if (Read(name, value, definition.Faults) is { } server) servers[name.Value] = server;
        return servers;
    }

    private static Server? Read(Node.Text name, Node value, Faults faults)
    {
        if (value is Node.Text text) return Address(name, text, text.Value, null, false, faults);
        var part = Part.From(value, "a server", faults);
        var any = part.Take("hosts") is Node.Text { Value: "any" };
        var hosts = part.Has("hosts") && !any ? part.Texts("hosts") : null;
        foreach (var node in hosts is null ? [] : part.Items("hosts"))
            if (node is Node.Text host && !HostPattern().IsMatch(host.Value))
                faults.Add(node, $"\"{host.Value}\" is too wide or no host; write a host such as api.example.com, or *.example.com for one label of it.");
        var address = part.RequiredText("address", "\"https://api.example.com/v1\"");
        part.Finish();
        return address.Length == 0 ? null : Address(name, part.Take("address") ?? value, address, hosts, any, faults);
    }

    private static Server? Address(Node.Text name, Node at, string address, IReadOnlyList<string>? hosts, bool any, Faults faults)
    {
        try
        {
            var template = Template.Parse(address, Roots.Server);
            if (Problem(template, ref hosts, any) is not { } problem) return new Server(name.Value, template, hosts, any);
            faults.Add(at, problem);
        }
        catch (ExpressionFault wrong)
        {
            faults.Add(at, wrong.Message);
        }

        return null;
    }

    private static string? Problem(Template template, ref IReadOnlyList<string>? hosts, bool any)
    {
        if (template.Parts.FirstOrDefault(p => p.Place is not null && !Simple().IsMatch(p.Place.Text)).Place is { } place)
            return $"A server may hold plain values only, such as {{settings.company}}, not {{{place.Text}}}.";
        // The operator's addresses are trusted as all settings of the service.
        if (template.Parts is [("", { } whole), ..] && whole.Roots.Contains("operator") && template.Parts.Count <= 2) return null;
        var shape = string.Concat(template.Parts.Select(p => p.Literal + (p.Place is null ? "" : "\u0001")));
        var secured = shape.StartsWith("https://", StringComparison.Ordinal);
        if (shape.StartsWith("http://", StringComparison.Ordinal)) return "A server must begin with https://; write \"https://api.example.com/v1\".";
        var host = secured ? shape[(shape.IndexOf("//", StringComparison.Ordinal) + 2)..].Split('/')[0] : shape.Split('/')[0];
        if (!secured && !host.Contains('\u0001')) return "A server must begin with https://; write \"https://api.example.com/v1\".";
        if (shape.Contains('?') || shape.Contains('#') || host.Contains('@')) return "A server is an address without user, query and fragment; put these into the requests.";
        if (!host.Contains('\u0001')) return host.Length == 0 ? "The server has no host; write \"https://api.example.com/v1\"." : null;
        if (hosts is not null) return hosts.Count == 0 ? "\"hosts\" is empty; list the allowed hosts." : null;
        if (any)
        {
            return template.Parts.Any(p => p.Place is { } from && !from.Roots.All(r => r == "settings"))
                ? "hosts: any is for addresses that the person who connects types ({settings.x}); list the hosts instead." : null;
        }

        var pattern = string.Join('.', host.Split('.').Select(label => label.Contains('\u0001') ? "*" : label));
        if (!secured || !HostPattern().IsMatch(pattern))
            return "The host is not bounded; add hosts with the allowed hosts: hosts: [\"*.example.com\"], or hosts: any if the person who connects names the host.";
        hosts = [pattern];
        return null;
    }

    /// <summary>Whether the host is one of the list.</summary>
    public static bool Allows(IReadOnlyList<string> hosts, string host)
    {
        var labels = host.Split('.');
        return hosts.Any(pattern => pattern.Split('.') is var allowed && allowed.Length == labels.Length
            && allowed.Zip(labels).All(pair => pair.First == "*" ? pair.Second.Length > 0 : pair.First.Equals(pair.Second, StringComparison.OrdinalIgnoreCase)));
    }

    // At most one star, as a whole label, before two or more fixed labels.
    [GeneratedRegex(@"^(\*\.)?([A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?\.)+[A-Za-z0-9-]*[A-Za-z][A-Za-z0-9-]*(:\d{1,5})?$")]
    private static partial Regex HostPattern();

    [GeneratedRegex(@"^(settings|kept|operator)\.\w+$")]
    private static partial Regex Simple();
}
