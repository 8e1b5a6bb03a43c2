using System.Text.Json;
using Connections.Connectors;
using Connections.Connectors.Catalogue;
using Connections.Domain;
using Connections.Domain.Connection;
using EventSourcing;

namespace Connections.Operations.Connections;

/// <summary>A valid form: settings with their defaults, credentials kept separately.</summary>
/// <param name="Masked">The credentials in the form shown to people.</param>
public sealed record ConnectionDraft(IConnector Connector, JsonElement Settings, Secret Credentials, JsonElement Masked);

/// <summary>Validates forms.</summary>
public sealed class ConnectionForms(ConnectorCatalogue catalogue, TimeProvider clock)
{
    private static readonly JsonElement Empty = JsonDocument.Parse("{}").RootElement;

    /// <exception cref="RejectedException"><c>connector.not-found</c>, <c>connection.invalid</c> with fields</exception>
    public ConnectionDraft Read(string? connector, JsonElement? settings, JsonElement? credentials)
    {
        var found = Find(connector);
        var form = FormCheck.Check(found.Entry, settings ?? Empty, credentials ?? Empty);
        if (form.Errors.Count > 0) throw Invalid(form.Errors);
        return new ConnectionDraft(found, form.Settings, Secret.From(form.Credentials), FormCheck.Shown(found.Entry, form.Credentials));
    }

    /// <summary>
    /// Reads a form for a reconnect. Omitted fields keep their values. If any credentials are given, secret fields are not kept and must be
    /// given.
    /// </summary>
    public ConnectionDraft ReadChange(
        ConnectionState now, Secret stored, JsonElement? settings, JsonElement? credentials)
    {
        var live = now.Live!;
        var found = Find(now.Creation!.Connector);
        var shown = found.Entry.Credentials.Where(f => !FormCheck.IsSecret(f, live.Credentials)).Select(f => f.Name).ToHashSet();
        return Read(
            found.Entry.Id,
            Merge(live.Settings, settings, _ => true),
            credentials is null ? JsonDocument.Parse(stored.Reveal()).RootElement : Merge(live.Credentials, credentials, shown.Contains));
    }

    /// <summary>For connectors that use sign-in: only settings, with their defaults.</summary>
    /// <exception cref="RejectedException"><c>connection.invalid</c> with fields</exception>
    public static JsonElement ReadSettings(CatalogueEntry entry, JsonElement? settings)
    {
        var form = FormCheck.CheckSettings(entry, settings ?? Empty);
        return form.Errors.Count > 0 ? throw Invalid(form.Errors) : form.Settings;
    }

    /// <exception cref="RejectedException"><c>connection.invalid</c>: the time has passed.</exception>
    public void CheckRotation(DateTimeOffset? rotateBy)
    {
        if (rotateBy <= clock.GetUtcNow()) throw Invalid([new FieldError("rotateBy", "Must be in the future.")]);
    }

    /// <exception cref="RejectedException"><c>connection.invalid</c></exception>
    public static void NoRotation(CatalogueEntry entry, DateTimeOffset? rotateBy)
    {
        if (rotateBy is not null)
            throw Invalid([new FieldError("rotateBy", $"Not allowed: the service determines when a sign-in to {entry.Name} ends.")]);
    }

    public IConnector Find(string? connector) => catalogue.Find(connector ?? "") ?? throw new RejectedException(
        "connector.not-found", $"{catalogue.Absence(connector)}{Hint(connector)} GET /api/connectors lists them.");

    public static RejectedException Invalid(IReadOnlyList<FieldError> errors) =>
        new("connection.invalid", "The form is not valid.") { Errors = errors };

    private string Hint(string? connector) =>
        !string.IsNullOrWhiteSpace(connector) && catalogue.Search(null, connector).ToList() is [var similar]
            ? $" The connector for {similar.Name} is \"{similar.Id}\"."
            : "";

    private static JsonElement Merge(JsonElement was, JsonElement? given, Func<string, bool> keep)
    {
        if (given is not { ValueKind: JsonValueKind.Object } now) return given ?? was;
        var merged = was.EnumerateObject().Where(p => keep(p.Name)).ToDictionary(p => p.Name, p => p.Value);
        foreach (var property in now.EnumerateObject()) merged[property.Name] = property.Value;
        return JsonSerializer.SerializeToElement(merged);
    }
}
