using TestServers;

[assembly: AssemblyFixture(typeof(Connectors.Tests.MailServers.MailServerFixture))]

namespace Connectors.Tests.MailServers;

/// <summary>One mail server, started for the first test that uses it.</summary>
public sealed class MailServerFixture : IAsyncDisposable
{
    private readonly SemaphoreSlim starting = new(1);
    private MailServer? server;

    /// <summary>The server, with a user of the test's own.</summary>
    public async Task<(MailServer Server, string User)> Start()
    {
        Assert.SkipUnless(MailServer.Available, "Postfix and Dovecot are not installed, or the tests do not run as root");
        await starting.WaitAsync();
        try
        {
            server ??= await MailServer.Create(ScriptedServer.Host);
            var user = $"user-{Guid.CreateVersion7():n}@{MailServer.Domain}";
            await server.AddUser(user, TestMailbox.Password);
            return (server, user);
        }
        finally
        {
            starting.Release();
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (server is not null) await server.DisposeAsync();
        starting.Dispose();
    }
}
