using Connections.Connectors;
using Connections.Domain;

namespace Operations.Tests.Interleaving;

/// <summary>What somebody wants of the connections.</summary>
internal abstract record ClientCommand(int Connection)
{
    public Guid Id => GetId(Connection);

    public static Guid GetId(int connection) => new(connection, 0, 0, new byte[8]);

    public static int GetNumber(Guid id) => BitConverter.ToInt32(id.ToByteArray());

    public abstract Task Run(InProcessOperations office);

    internal sealed record Create(int Connection, string Name, string Accounts) : ClientCommand(Connection)
    {
        public override Task Run(InProcessOperations office) => office.Create(Id, Name, Accounts);
    }

    internal sealed record Rename(int Connection, string Name) : ClientCommand(Connection)
    {
        public override Task Run(InProcessOperations office) => office.Rename(Id, Name);
    }

    internal sealed record Reconnect(int Connection, string Accounts) : ClientCommand(Connection)
    {
        public override Task Run(InProcessOperations office) => office.Reconnect(Id, Accounts);
    }

    /// <param name="Reported">An account that the provider tells of besides; empty: none.</param>
    internal sealed record Test(int Connection, string Reported) : ClientCommand(Connection)
    {
        public override Task Run(InProcessOperations office) => office.Test(Id);
    }

    /// <summary>A test that the provider refuses.</summary>
    internal sealed record Refused(int Connection) : ClientCommand(Connection)
    {
        public static readonly ConnectorResult.Failed Failure = new(FailureKind.ReauthRequired, "Wrong password.", Delivered.No);

        public override Task Run(InProcessOperations office) => office.Test(Id);
    }

    /// <summary>And what follows a delete.</summary>
    internal sealed record Delete(int Connection) : ClientCommand(Connection)
    {
        public override async Task Run(InProcessOperations office)
        {
            await office.Delete(Id);
            await office.DestroySecrets(Id);
        }
    }
}

/// <summary>What happens next. Actors are numbered as they came; a number that nobody has means one of those who are under way.</summary>
internal abstract record ScheduledStep
{
    /// <summary>Somebody more, who halts behind so many steps.</summary>
    internal sealed record Come(ClientCommand Wish, int Steps) : ScheduledStep;

    internal sealed record Go(int Actor, int Steps) : ScheduledStep;

    internal sealed record Crash(int Actor) : ScheduledStep;

    internal sealed record Pass(int Seconds) : ScheduledStep;
}
