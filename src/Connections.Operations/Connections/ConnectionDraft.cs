using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Domain;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>A form as filled in, found complete: settings with their defaults, credentials apart.</summary>
/// <param name="Masked">The credentials as people may see them.</param>
public sealed record ConnectionDraft(IConnector Connector, JsonElement Settings, Secret Credentials, JsonElement Masked);

/// <summary>Reads forms.</summary>
public sealed class ConnectionForms(ConnectorCatalogue catalogue, TimeProvider clock)
{
    private static readonly JsonElement Nothing = JsonDocument.Parse("{}").RootElement;

    /// <exception cref="RejectedException"><c>connector.not-found</c>, <c>connection.invalid</c> with fields</exception>
    public ConnectionDraft Read(string? connector, JsonElement? settings, JsonElement? credentials)
    {
        var known = Find(connector);
        var form = FormCheck.Check(known.Entry, settings ?? Nothing, credentials ?? Nothing);
        if (form.Errors.Count > 0) throw Invalid(form.Errors);
        return new ConnectionDraft(known, form.Settings, Secret.From(form.Credentials), FormCheck.Shown(known.Entry, form.Credentials));
    }

    /// <summary>For a reconnect: what is left out is as it was, except secrets, of which a new one is wanted unless none is given at all.</summary>
    public ConnectionDraft ReadChange(
        ConnectionState now, Secret stored, JsonElement? settings, JsonElement? credentials)
    {
        var live = now.Live!;
        var known = Find(now.Creation!.Connector);
        var shown = known.Entry.Credentials.Where(f => !f.Secret).Select(f => f.Name).ToHashSet();
        return Read(
            known.Entry.Id,
            Over(live.Settings, settings, _ => true),
            credentials is null ? JsonDocument.Parse(stored.Reveal()).RootElement : Over(live.Credentials, credentials, shown.Contains));
    }

    /// <summary>For connectors that one signs in to: settings alone, with their defaults.</summary>
    /// <exception cref="RejectedException"><c>connection.invalid</c> with fields</exception>
    public static JsonElement ReadSettings(CatalogueEntry entry, JsonElement? settings)
    {
        var form = FormCheck.CheckSettings(entry, settings ?? Nothing);
        return form.Errors.Count > 0 ? throw Invalid(form.Errors) : form.Settings;
    }

    /// <exception cref="RejectedException"><c>connection.invalid</c>: the day has passed.</exception>
    public void CheckRotation(DateTimeOffset? rotateBy)
    {
        if (rotateBy <= clock.GetUtcNow()) throw Invalid([new FieldError("rotateBy", "Lies in the past.")]);
    }

    /// <exception cref="RejectedException"><c>connection.invalid</c></exception>
    public static void NoRotation(CatalogueEntry entry, DateTimeOffset? rotateBy)
    {
        if (rotateBy is not null)
            throw Invalid([new FieldError("rotateBy", $"One signs in to {entry.Name}: it tells by itself when that is expected to end.")]);
    }

    public IConnector Find(string? connector) => catalogue.Find(connector ?? "") ?? throw new RejectedException(
        "connector.not-found", $"There is no connector \"{connector}\". GET /api/connectors lists them.");

    public static RejectedException Invalid(IReadOnlyList<FieldError> errors) =>
        new("connection.invalid", "The form is not complete.") { Errors = errors };

    private static JsonElement Over(JsonElement was, JsonElement? given, Func<string, bool> keep)
    {
        if (given is not { ValueKind: JsonValueKind.Object } now) return given ?? was;
        var merged = was.EnumerateObject().Where(p => keep(p.Name)).ToDictionary(p => p.Name, p => p.Value);
        foreach (var property in now.EnumerateObject()) merged[property.Name] = property.Value;
        return JsonSerializer.SerializeToElement(merged);
    }
}
