namespace Connections.Connectors.MailServers;

/// <summary>The start of a mail protocol.</summary>
internal interface IMailProtocol
{
    /// <summary>The name of the protocol, for people.</summary>
    string Name { get; }

    /// <summary>The greeting that the library reads after STARTTLS.</summary>
    string Greeting { get; }

    /// <summary>Asks the server to begin the encryption.</summary>
    /// <returns>The server's refusal; null if the handshake comes next.</returns>
    Task<ConnectorResult.Failed?> StartTls(PlainLines lines, CancellationToken ct);
}
