using System.Buffers.Binary;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography.X509Certificates;
using Connections.Domain;
using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;

namespace Connections.Connectors.Postgres;

/// <summary>A connection that is signed in, or why there is none.</summary>
internal sealed record Opening(PostgresSession? Session, ConnectorResult.Failed? Failure);

/// <summary>
/// Opens one physical connection. It knocks first on its own socket, which tells apart what the driver does not: which address answers, whether
/// the server speaks TLS, what is wrong with its certificate. So the driver is given one address and one way, and signs in once.
/// </summary>
internal sealed class PostgresDoor(HostGuard guard, TimeProvider clock)
{
    private const string DoesNotEncrypt = "The server does not encrypt (TLS is off): choose tls \"prefer\" or \"disable\", or have it switched on.";
    private const string NotPostgres = "What listens there does not answer as PostgreSQL does.";
    private static readonly TimeSpan HandshakeLimit = TimeSpan.FromSeconds(10);
    private static readonly byte[] SslRequest = MakeSslRequest();

    public async Task<Opening> Open(PostgresSettings settings, Secret credentials, ProbeSteps steps, CancellationToken ct)
    {
        X509Certificate2Collection? authority = null;
        if (settings is { Encrypted: true, CaCertificate: { } pem } && (authority = ServerCertificate.Authority(pem)) is null)
            return Fail(steps, "tls", new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The CA certificate is not a certificate in PEM form.", Delivered.No, Answered: true));

        var host = await Resolve(settings, ct);
        if (host.Refused is { } refused) return Fail(steps, "resolve", refused);
        steps.Ok("resolve", $"{host.Host}: {string.Join(", ", host.Endpoints.Select(e => e.Address))}");

        var dialled = await Dialler.Dial(host, clock, ct);
        if (dialled.Failure is { } unreachable) return Fail(steps, "connect", unreachable);
        using var socket = dialled.Socket!;
        steps.Ok("connect", $"Connected to {dialled.Endpoint}.");

        var verify = settings.Tls == "verify-full";
        var certificate = new ServerCertificate(host.Host, chain: verify || (settings.MustEncrypt && authority is not null), name: verify, authority);
        var (encrypted, objection) = settings.Encrypted ? await Handshake(socket, settings, certificate, ct) : (false, null);
        if (objection is not null) return Fail(steps, "tls", objection);
        if (encrypted) steps.Ok("tls", verify ? "Encrypted, certificate verified." : "Encrypted.");
        else steps.Skipped("tls", settings.Encrypted ? "The server does not encrypt." : "Not wanted.");

        socket.Dispose();
        var opening = await SignIn(settings, credentials, dialled.Endpoint!, certificate, encrypted, ct);
        if (opening.Failure is { } failure) return Fail(steps, "signIn", failure);
        steps.Ok("signIn", $"Signed in as {credentials.Field("username")}.");
        return opening;
    }

    private async Task<GuardedHost> Resolve(PostgresSettings settings, CancellationToken ct)
    {
        try
        {
            return await guard.Resolve(settings.Host, settings.Port, ct);
        }
        catch (OperationCanceledException)
        {
            return new GuardedHost(settings.Host, [], TooLate("resolving the name"));
        }
    }

    private async Task<(bool Encrypted, ConnectorResult.Failed? Objection)> Handshake(
        Socket socket, PostgresSettings settings, ServerCertificate certificate, CancellationToken ct)
    {
        using var limit = new CancellationTokenSource(HandshakeLimit, clock);
        using var both = CancellationTokenSource.CreateLinkedTokenSource(limit.Token, ct);
        var stream = new NetworkStream(socket);
        try
        {
            await stream.WriteAsync(SslRequest, both.Token);
            var answer = new byte[1];
            await stream.ReadExactlyAsync(answer, both.Token);
            if (answer[0] != 'S')
                return (false, settings.MustEncrypt ? NoTls(answer[0] == 'N' ? DoesNotEncrypt : NotPostgres) : null);
            await using var tls = new SslStream(stream);
            var options = new SslClientAuthenticationOptions();
            certificate.Apply(options);
            await tls.AuthenticateAsClientAsync(options, both.Token);
            return (true, null);
        }
        catch (OperationCanceledException)
        {
            return (false, ct.IsCancellationRequested ? TooLate("the TLS handshake") : NoTls(NotPostgres));
        }
        catch (Exception e) when (e is AuthenticationException or IOException)
        {
            if (!settings.MustEncrypt && e is AuthenticationException) return (false, null); // as libpq does with "prefer"
            return (false, NoTls(certificate.Objection ?? $"The TLS handshake failed. {NotPostgres}"));
        }
    }

    private static async Task<Opening> SignIn(
        PostgresSettings settings, Secret credentials, IPEndPoint endpoint, ServerCertificate certificate, bool encrypted, CancellationToken ct)
    {
        var user = credentials.Field("username") ?? "";
        var source = Source(settings, user, credentials.Field("password") ?? "", endpoint, certificate, encrypted);
        ConnectorResult.Failed failure;
        try
        {
            return new Opening(new PostgresSession(source, await source.OpenConnectionAsync(ct)), null);
        }
        catch (PostgresException e)
        {
            failure = PostgresFailures.AtSignIn(e, settings, user, encrypted);
        }
        catch (OperationCanceledException)
        {
            failure = TooLate("signing in");
        }
        catch (NotSupportedException)
        {
            failure = new ConnectorResult.Failed(
                FailureKind.InvalidInput, "The server asks for a way of signing in other than a password.", Delivered.No, Answered: true);
        }
        catch (Exception e) when (e is NpgsqlException or IOException or SocketException or TimeoutException or AuthenticationException)
        {
            failure = PostgresFailures.Lost(
                certificate.Objection ?? "The server closed the connection, or fell silent, while signing in.", Delivered.No);
        }

        await source.DisposeAsync();
        return new Opening(null, failure);
    }

    private static NpgsqlDataSource Source(
        PostgresSettings settings, string user, string password, IPEndPoint endpoint, ServerCertificate certificate, bool encrypted)
    {
        var builder = new NpgsqlDataSourceBuilder
        {
            Name = "connector",
            ConnectionStringBuilder =
            {
                Host = endpoint.Address.ToString(), Port = endpoint.Port, Database = settings.Database, Username = user, Password = password,
                SslMode = encrypted ? SslMode.Require : SslMode.Disable, GssEncryptionMode = GssEncryptionMode.Disable,
                Pooling = false, PersistSecurityInfo = false, Enlist = false, ApplicationName = "connections", Timeout = 10, CommandTimeout = 0,
                IncludeErrorDetail = true, TcpKeepAlive = true
            }
        };
        // answers come as text and parameters are of built-in types: nothing to load
        builder.ConfigureTypeLoading(types => types.EnableTypeLoading(false));
        // the driver would log and trace people's statements
        builder.UseLoggerFactory(NullLoggerFactory.Instance);
        builder.ConfigureTracing(tracing => tracing.ConfigureCommandFilter(_ => false).ConfigureBatchFilter(_ => false));
        builder.UseSslClientAuthenticationOptionsCallback(certificate.Apply);
        return builder.Build();
    }

    private static Opening Fail(ProbeSteps steps, string step, ConnectorResult.Failed failure) => new(null, steps.Fail(step, failure));

    private static ConnectorResult.Failed NoTls(string message) => new(FailureKind.Unavailable, message, Delivered.No);

    private static ConnectorResult.Failed TooLate(string what) => new(FailureKind.Timeout, $"The time was over while {what}.", Delivered.No);

    private static byte[] MakeSslRequest()
    {
        var request = new byte[8];
        BinaryPrimitives.WriteInt32BigEndian(request, 8);
        BinaryPrimitives.WriteInt32BigEndian(request.AsSpan(4), 80877103);
        return request;
    }
}
