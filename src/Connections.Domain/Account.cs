namespace Connections.Domain;

/// <summary>The account at the provider that a connection uses, in a form that people recognise.</summary>
/// <param name="Id">The provider's stable identity, where it has one.</param>
/// <param name="Display">A text that people recognise: <c>app@shop on db.example.com</c>.</param>
/// <param name="Basis">The source of the identity: <c>server</c>, <c>address</c>, <c>sub</c> …</param>
public sealed record Account(string? Id, string Display, string Basis);
