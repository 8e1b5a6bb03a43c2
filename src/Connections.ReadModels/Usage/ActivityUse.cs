using Connections.Domain;
using Connections.Domain.Activity;

namespace Connections.ReadModels.Usage;

/// <summary>An activity, as far as the counts need it.</summary>
internal sealed record ActivityUse
{
    public const string Open = "open";
    public const string Unknown = "unknown";

    private const int MaxWorkflow = 200; // part of a key: PostgreSQL indexes at most 2,700 bytes

    public required string Workspace { get; init; }

    public required string Id { get; init; }

    /// <summary>Null while none was found.</summary>
    public string? Connection { get; init; }

    /// <summary>Empty for an activity without a workflow.</summary>
    public required string Workflow { get; init; }

    /// <summary><c>open</c>, or the outcome.</summary>
    public required string Status { get; init; }

    public required long RequestedAt { get; init; }

    public static ActivityUse Create(ActivityId id, ActivityRequested request, DateTimeOffset at) => new()
    {
        Workspace = id.Workspace,
        Id = id.Value.ToString(),
        Connection = request.ConnectionId?.ToString(),
        Workflow = StoredText.Clean(Cut(request.Caller?.Workflow)) ?? "",
        Status = Open,
        RequestedAt = at.UtcTicks
    };

    private static string? Cut(string? text) => text is { Length: > MaxWorkflow } ? text[..MaxWorkflow] : text;
}
