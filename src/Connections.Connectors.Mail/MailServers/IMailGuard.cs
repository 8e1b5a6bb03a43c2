namespace Connections.Connectors.MailServers;

/// <summary>Observes the decrypted bytes of one connection to a mail server, in both directions.</summary>
internal interface IMailGuard
{
    /// <summary>Checks what the server sent, before the library reads it.</summary>
    /// <exception cref="MailLimitException">The server sent too much.</exception>
    void Received(ReadOnlySpan<byte> part);

    /// <summary>Observes what is sent, before it is sent.</summary>
    void Sends(ReadOnlySpan<byte> part);
}
