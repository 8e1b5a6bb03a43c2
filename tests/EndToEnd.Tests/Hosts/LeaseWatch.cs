using TestServers;

namespace EndToEnd.Tests.Hosts;

/// <summary>Observes in the database which host holds each lease, and when it changed.</summary>
internal sealed class LeaseWatch(PostgresServer server)
{
    /// <summary>Starts once the table of the leases exists.</summary>
    public async Task<LeaseWatch> Start()
    {
        await Query("""
            CREATE TABLE lease_changes (name TEXT, owner TEXT, at TIMESTAMPTZ DEFAULT clock_timestamp());
            CREATE FUNCTION note_lease() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER AS $$
            BEGIN
              IF TG_OP = 'INSERT' OR OLD.owner <> NEW.owner THEN INSERT INTO public.lease_changes (name, owner) VALUES (NEW.name, NEW.owner); END IF;
              RETURN NEW;
            END $$;
            CREATE TRIGGER note_lease AFTER INSERT OR UPDATE ON leases FOR EACH ROW EXECUTE FUNCTION note_lease();
            """);
        return this;
    }

    public Task<string> Now() => Query("SELECT clock_timestamp()::text");

    /// <summary>Empty while there is no lease holder.</summary>
    public async Task<string> Loops() =>
        await Query("SELECT to_regclass('leases')::text") == "" ? "" : await Query("SELECT string_agg(name, ' ' ORDER BY name) FROM leases");

    /// <summary>The lease holders of all loops, by loop.</summary>
    public Task<string> Owners() => Query("SELECT string_agg(DISTINCT owner, ' ' ORDER BY owner) FROM leases");

    /// <summary>The loops whose lease changed since then, each with the seconds after that time.</summary>
    public Task<string> Taken(string since) => Query(
        $"SELECT string_agg(name || ' ' || round(extract(epoch FROM at - '{since}'::timestamptz), 1), ', ' ORDER BY at) FROM lease_changes WHERE at > '{since}'");

    public async Task<bool> AllTakenWithin(string since, int seconds) => await Query(
        $"""
        SELECT bool_and(EXISTS (SELECT 1 FROM lease_changes c WHERE c.name = l.name
          AND c.at > '{since}' AND c.at <= '{since}'::timestamptz + interval '{seconds} s')) FROM leases l
        """) == "True";

    private async Task<string> Query(string sql) => await server.Sql(sql, server.Database) ?? "";
}
