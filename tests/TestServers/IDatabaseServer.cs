namespace TestServers;

/// <summary>The operations that the test servers of all databases have.</summary>
public interface IDatabaseServer : IAsyncDisposable
{
    int Port { get; }

    TestCertificates Certificates { get; }

    Task Start();

    /// <summary>Stops the server immediately, as in a crash.</summary>
    Task Stop();

    Task Restart();

    /// <summary>Runs SQL as superuser, and returns the first value of the result.</summary>
    Task<string?> Sql(string sql, string database);

    Task SetPassword(string user, string password);

    /// <summary>Replaces the certificate for new connections.</summary>
    Task UseCertificate(bool expired, params string[] names);

    /// <param name="chain">The server's certificate as PEM, and the certificates that it sends after it.</param>
    Task UseCertificate(string chain, string key);

    string Log();
}
