using Connectors.Tests.Databases;
using TestServers;

namespace Connectors.Tests.MySql;

public sealed class MariaDbDialect : DatabaseDialect
{
    public override string Host => MariaDbFixture.Host;

    public override bool Available => MariaDbServer.Available;

    public override string Rejection => "Access denied for user 'app'";

    public override string SessionId => "SELECT CONNECTION_ID()";

    public override string Sessions => "SELECT count(*) FROM information_schema.processlist WHERE user = 'app'";

    public override string HasTimeout => "@@session.max_statement_time BETWEEN 30 AND 60";

    public override async Task<IDatabaseServer> Prepare() => await MariaDbFixture.Prepared();

    public override TestDatabase Connect(
        IDatabaseServer server, bool allowWrites = false, string tls = "prefer", string? ca = null, TimeProvider? clock = null) =>
        new MyDatabase((MariaDbServer)server, allowWrites, tls, ca, clock);

    public override Task AddUser(IDatabaseServer server, string name, string password) =>
        server.Sql($"CREATE OR REPLACE USER {name}@'%' IDENTIFIED BY '{password}'; GRANT SELECT ON *.* TO {name}@'%'", "shop");

    public override Task EndSessions(IDatabaseServer server) => server.Sql("KILL USER app", "shop");

    public override async Task<IDatabaseServer> Unencrypted()
    {
        var copy = await MariaDbFixture.Prepared();
        await copy.Restart("--skip-ssl");
        return copy;
    }

    public override async Task<bool> IsEncrypted(TestDatabase database) =>
        (await database.Query("SHOW STATUS LIKE 'Ssl_cipher'")).GetProperty("rows")[0][1].GetString()!.Length > 0;

    public override string Numbers(int count) => $"seq_1_to_{count}";

    public override string Sleep(string seconds) => $"SLEEP({seconds})";

    public override string SlowInsert(int id) => $"INSERT INTO orders (id) SELECT {id} + SLEEP(600)";

    public override string Endless(string mark) => $"SELECT count(*), '{mark}' FROM seq_1_to_100000000 a, seq_1_to_100000000 b";

    public override string Running(string mark) =>
        $"SELECT count(*) FROM information_schema.processlist WHERE id <> CONNECTION_ID() AND info LIKE '%{mark}%'";

    public override string Bytes(string expression) => $"CAST({expression} AS BINARY)";

    public override string Character(int code) => $"char({code})";

    public override string QuotedName(string name) => $"`{name}`";
}
