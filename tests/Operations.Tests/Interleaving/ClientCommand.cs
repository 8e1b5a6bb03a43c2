using Connections.Connectors;
using Connections.Domain;

namespace Operations.Tests.Interleaving;

/// <summary>A command of a client on the connections.</summary>
internal abstract record ClientCommand(int Connection)
{
    public Guid Id => GetId(Connection);

    public static Guid GetId(int connection) => new(connection, 0, 0, new byte[8]);

    public static int GetNumber(Guid id) => BitConverter.ToInt32(id.ToByteArray());

    public abstract Task Run(InProcessOperations operations);

    internal sealed record Create(int Connection, string Name, string Accounts) : ClientCommand(Connection)
    {
        public override Task Run(InProcessOperations operations) => operations.Create(Id, Name, Accounts);
    }

    internal sealed record Rename(int Connection, string Name) : ClientCommand(Connection)
    {
        public override Task Run(InProcessOperations operations) => operations.Rename(Id, Name);
    }

    internal sealed record Reconnect(int Connection, string Accounts) : ClientCommand(Connection)
    {
        public override Task Run(InProcessOperations operations) => operations.Reconnect(Id, Accounts);
    }

    /// <param name="Reported">A further account that the provider reports; empty: none.</param>
    internal sealed record Test(int Connection, string Reported) : ClientCommand(Connection)
    {
        public override Task Run(InProcessOperations operations) => operations.Test(Id);
    }

    /// <summary>A test that the provider rejects.</summary>
    internal sealed record Refused(int Connection) : ClientCommand(Connection)
    {
        public static readonly ConnectorResult.Failed Failure = new(FailureKind.ReauthRequired, "Wrong password.", Delivered.No);

        public override Task Run(InProcessOperations operations) => operations.Test(Id);
    }

    /// <summary>A deletion and the destruction that follows it.</summary>
    internal sealed record Delete(int Connection) : ClientCommand(Connection)
    {
        public override async Task Run(InProcessOperations operations)
        {
            await operations.Delete(Id);
            await operations.DestroySecrets(Id);
        }
    }
}

/// <summary>The next step of a scenario. Actors are numbered in the order of their start; other numbers wrap around.</summary>
internal abstract record ScheduledStep
{
    /// <summary>Starts another actor, which halts after a number of steps.</summary>
    internal sealed record Come(ClientCommand Command, int Steps) : ScheduledStep;

    internal sealed record Go(int Actor, int Steps) : ScheduledStep;

    internal sealed record Crash(int Actor) : ScheduledStep;

    internal sealed record Pass(int Seconds) : ScheduledStep;
}
