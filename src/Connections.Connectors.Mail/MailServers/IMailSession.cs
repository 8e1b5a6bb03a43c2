using MailKit;

namespace Connections.Connectors.MailServers;

/// <summary>One dialogue with a mail server, by the library, over a stream that this service encrypted.</summary>
internal interface IMailSession : IDisposable
{
    IMailService Client { get; }

    /// <summary>Connects and signs in.</summary>
    Task Begin(MailServerSettings server, MailSignIn signIn, CancellationToken ct);
}
