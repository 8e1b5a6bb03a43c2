using Connections.Connectors;
using Connections.Domain;

namespace Operations.Tests;

/// <summary>What somebody wants of the connections.</summary>
internal abstract record Wish(int Connection)
{
    public Guid Id => IdOf(Connection);

    public static Guid IdOf(int connection) => new(connection, 0, 0, new byte[8]);

    public static int NumberOf(Guid id) => BitConverter.ToInt32(id.ToByteArray());

    public abstract Task Of(Office office);

    internal sealed record Create(int Connection, string Name, string Accounts) : Wish(Connection)
    {
        public override Task Of(Office office) => office.Create(Id, Name, Accounts);
    }

    internal sealed record Rename(int Connection, string Name) : Wish(Connection)
    {
        public override Task Of(Office office) => office.Rename(Id, Name);
    }

    internal sealed record Reconnect(int Connection, string Accounts) : Wish(Connection)
    {
        public override Task Of(Office office) => office.Reconnect(Id, Accounts);
    }

    /// <param name="Told">An account that the provider tells of besides; empty: none.</param>
    internal sealed record Test(int Connection, string Told) : Wish(Connection)
    {
        public override Task Of(Office office) => office.Test(Id);
    }

    /// <summary>A test that the provider refuses.</summary>
    internal sealed record Refused(int Connection) : Wish(Connection)
    {
        public static readonly ConnectorResult.Failed Failure = new(FailureKind.ReauthRequired, "Wrong password.", Delivered.No);

        public override Task Of(Office office) => office.Test(Id);
    }

    /// <summary>And what follows a delete.</summary>
    internal sealed record Delete(int Connection) : Wish(Connection)
    {
        public override async Task Of(Office office)
        {
            await office.Delete(Id);
            await office.DestroySecrets(Id);
        }
    }
}

/// <summary>What happens next. Actors are numbered as they came; a number that nobody has means one of those who are under way.</summary>
internal abstract record Move
{
    /// <summary>Somebody more, who halts behind so many steps.</summary>
    internal sealed record Come(Wish Wish, int Steps) : Move;

    internal sealed record Go(int Who, int Steps) : Move;

    internal sealed record Crash(int Who) : Move;

    internal sealed record Pass(int Seconds) : Move;
}
