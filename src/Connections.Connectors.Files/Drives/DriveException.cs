using Connections.Domain;

namespace Connections.Connectors.Drives;

/// <summary>Ends a call of a drive with a failure.</summary>
internal sealed class DriveException(ConnectorResult.Failed failure) : Exception(failure.Message)
{
    public ConnectorResult.Failed Failure => failure;

    /// <summary>The input is wrong, and nothing was sent.</summary>
    public static DriveException Wrong(string message) =>
        new(new ConnectorResult.Failed(FailureKind.InvalidInput, message, Delivered.No, Answered: true));

    public static DriveException Unavailable(string message, Delivered delivered) =>
        new(new ConnectorResult.Failed(FailureKind.Unavailable, message, delivered, Answered: true));
}
