namespace Connections.Connectors.MailServers;

/// <summary>A server sent more than the limits allow, or something that is no part of the protocol.</summary>
/// <param name="problem">What the server sent, for people.</param>
internal sealed class MailLimitException(string problem) : IOException(problem);
