namespace Connections.Domain;

/// <summary>How far the long job of an activity has come.</summary>
/// <param name="Total">Null while it is not known.</param>
/// <param name="Unit">What is counted: <c>bytes</c>, <c>pages</c>.</param>
public sealed record StageProgress(long Done, long? Total, string Unit);
