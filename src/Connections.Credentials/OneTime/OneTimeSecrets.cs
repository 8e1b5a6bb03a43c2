using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using Connections.Credentials.Sealing;
using Connections.Credentials.Vault;
using Connections.Domain;
using Dapper;
using EventSourcing;
using EventSourcing.Sql;

namespace Connections.Credentials.OneTime;

internal sealed class OneTimeSecrets(VaultDatabase database, ISeals seals, TimeProvider clock) : IOneTimeSecrets
{
    private static readonly TimeSpan Life = TimeSpan.FromMinutes(10);

    // Longest: a secret that lives longer than this was stored while a clock was wrong. The clocks of two hosts may differ by five minutes.
    private static readonly TimeSpan Longest = Life + TimeSpan.FromMinutes(5);

    // Remembered: for this long an expired secret is reported as expired, then as not found. Owned: for this long a command that never ends
    // keeps its secret.
    private static readonly TimeSpan Remembered = TimeSpan.FromDays(1);
    private static readonly TimeSpan Owned = TimeSpan.FromDays(30);

    public async Task<OneTimeSecret> Put(string workspace, Secret secret, CancellationToken ct)
    {
        var reference = Base64Url.EncodeToString(RandomNumberGenerator.GetBytes(32));
        var now = clock.GetUtcNow();
        var expiresAt = now + Life;
        var content = await seals.Seal(workspace, Subject(reference), secret.Reveal(), ct);
        await using var write = await database.Sql.BeginWrite(ct);
        await Sweep(write, now, ct);
        await Execute(
            write,
            "INSERT INTO one_time_secrets (reference, workspace, sealed, expires_at) VALUES (@Reference, @Workspace, @Content, @ExpiresAt)",
            new { Reference = Stored(reference), Workspace = workspace, Content = content, ExpiresAt = expiresAt.ToUnixTimeMilliseconds() },
            ct);
        await write.Commit(ct);
        return new OneTimeSecret(reference, DateTimeOffset.FromUnixTimeMilliseconds(expiresAt.ToUnixTimeMilliseconds()));
    }

    public async Task<Secret> Take(string workspace, string reference, Guid commandId, CancellationToken ct)
    {
        var now = clock.GetUtcNow();
        var owner = new
        {
            Reference = Stored(reference),
            Workspace = workspace,
            Owner = commandId.ToString(),
            Now = now.ToUnixTimeMilliseconds(),
            Latest = (now + Longest).ToUnixTimeMilliseconds()
        };
        await using var write = await database.Sql.BeginWrite(ct);
        await Execute(
            write,
            """
            UPDATE one_time_secrets SET taken_by = @Owner
            WHERE reference = @Reference AND workspace = @Workspace AND taken_by IS NULL AND expires_at > @Now AND expires_at <= @Latest
            """,
            owner,
            ct);
        var row = await write.Connection.QuerySingleOrDefaultAsync<Row>(new CommandDefinition(
            "SELECT sealed AS Content, taken_by AS TakenBy FROM one_time_secrets WHERE reference = @Reference AND workspace = @Workspace",
            owner,
            write.Transaction,
            cancellationToken: ct));
        await write.Commit(ct);
        if (row is null) throw NotFound();
        if (row.TakenBy is null) throw Expired();
        if (row.TakenBy != owner.Owner || row.Content is null) throw NotFound();
        try
        {
            return await seals.Open(workspace, Subject(reference), row.Content, ct) is { } clear ? new Secret(clear) : throw Expired();
        }
        catch (Exception changed) when (changed is CryptographicException or FormatException)
        {
            throw new RejectedException(
                "secret.not-found",
                "The stored secret cannot be decrypted: the stored data was changed. Submit the credentials again with POST /api/secrets.");
        }
    }

    public async Task Ended(string workspace, Guid commandId, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        await Execute(
            write,
            "DELETE FROM one_time_secrets WHERE workspace = @Workspace AND taken_by = @TakenBy",
            new { Workspace = workspace, TakenBy = commandId.ToString() },
            ct);
        await write.Commit(ct);
    }

    public async Task RemoveAbandoned(DateTimeOffset now, CancellationToken ct)
    {
        await using var write = await database.Sql.BeginWrite(ct);
        await Execute(
            write,
            "DELETE FROM one_time_secrets WHERE taken_by IS NOT NULL AND expires_at <= @Before",
            new { Before = (now - Owned).ToUnixTimeMilliseconds() },
            ct);
        await write.Commit(ct);
    }

    // By the clock of this machine: nobody can take these secrets by that clock, so their removal refuses nothing more than the clock does.
    private static async Task Sweep(SqlWrite write, DateTimeOffset now, CancellationToken ct)
    {
        await Execute(
            write,
            "UPDATE one_time_secrets SET sealed = NULL WHERE taken_by IS NULL AND expires_at <= @Now AND sealed IS NOT NULL",
            new { Now = now.ToUnixTimeMilliseconds() },
            ct);
        await Execute(
            write,
            "DELETE FROM one_time_secrets WHERE taken_by IS NULL AND expires_at <= @Remembered",
            new { Remembered = (now - Remembered).ToUnixTimeMilliseconds() },
            ct);
    }

    private static Task<int> Execute(SqlWrite write, string sql, object parameters, CancellationToken ct) =>
        write.Connection.ExecuteAsync(new CommandDefinition(sql, parameters, write.Transaction, cancellationToken: ct));

    private static RejectedException NotFound() =>
        new(
            "secret.not-found",
            "There is no such secret, or another command has taken it. Submit the credentials again with POST /api/secrets.");

    private static RejectedException Expired() =>
        new(
            "secret.expired",
            "The secret expired: no command took it within ten minutes. Submit the credentials again with POST /api/secrets.");

    private static string Subject(string reference) => $"one-time:{reference}";

    // Only a hash of the reference is stored, so that the table reveals no reference.
    private static string Stored(string reference) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(reference)));

    private sealed class Row
    {
        public string? Content { get; init; }

        public string? TakenBy { get; init; }
    }
}
