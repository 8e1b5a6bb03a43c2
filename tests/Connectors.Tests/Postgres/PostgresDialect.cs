using Connectors.Tests.Databases;
using TestServers;

namespace Connectors.Tests.Postgres;

public sealed class PostgresDialect : DatabaseDialect
{
    public override string Host => PostgresFixture.Host;

    public override bool Available => PostgresServer.Available;

    public override string Rejection => "password authentication failed";

    public override string SessionId => "SELECT pg_backend_pid()";

    public override string Sessions => "SELECT count(*) FROM pg_stat_activity WHERE usename = 'app'";

    public override string HasTimeout => "current_setting('statement_timeout')::interval BETWEEN '30 s' AND '60 s'";

    public override async Task<IDatabaseServer> Prepare() => await PostgresFixture.Prepared();

    public override TestDatabase Connect(
        IDatabaseServer server, bool allowWrites = false, string tls = "prefer", string? ca = null, TimeProvider? clock = null) =>
        new Database((PostgresServer)server, allowWrites, tls, ca, clock);

    public override Task AddUser(IDatabaseServer server, string name, string password) =>
        server.Sql($"DROP ROLE IF EXISTS {name}; CREATE ROLE {name} LOGIN PASSWORD '{password}'; GRANT pg_read_all_data TO {name}", "shop");

    public override Task EndSessions(IDatabaseServer server) =>
        server.Sql("SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE usename = 'app'", "shop");

    public override async Task<IDatabaseServer> Unencrypted()
    {
        var copy = await PostgresFixture.Prepared();
        await copy.UseTls(on: false);
        return copy;
    }

    public override async Task<bool> IsEncrypted(TestDatabase database) =>
        await database.Value("SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()") == "true";

    public override string Numbers(int count) => $"generate_series(1, {count})";

    public override string Sleep(string seconds) => $"pg_sleep({seconds})";

    public override string SlowInsert(int id) => $"INSERT INTO orders SELECT {id} FROM pg_sleep(600)";

    public override string Endless(string mark) => $"SELECT pg_sleep(600), '{mark}'";

    public override string Running(string mark) =>
        $"SELECT count(*) FROM pg_stat_activity WHERE state = 'active' AND pid <> pg_backend_pid() AND query LIKE '%{mark}%'";

    public override string Bytes(string expression) => $"convert_to({expression}, 'UTF8')";

    public override string Character(int code) => $"chr({code})";

    public override string QuotedName(string name) => $"\"{name}\"";
}
