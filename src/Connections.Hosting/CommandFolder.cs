namespace Connections.Hosting;

/// <summary>How a command uses a data folder that a running service may use too.</summary>
/// <param name="Exclusive">Why the command needs the folder for itself, and what to do; null if it can run beside the service.</param>
public sealed record CommandFolder(string? Exclusive);
