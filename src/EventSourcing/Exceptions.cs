namespace EventSourcing;

/// <summary>The stream is not at the expected revision. Read again and decide again.</summary>
public sealed class StreamConflictException(string stream, long expected, Exception? inner = null)
    : Exception($"Stream {stream} is not at revision {expected}.", inner)
{
    public string Stream { get; } = stream;

    public long Expected { get; } = expected;
}

/// <summary>
/// The log holds an event with an unknown stored name, written by a newer version. No decision is made on an incomplete history.
/// </summary>
public sealed class UnknownEventException(string type, string stream, long position)
    : Exception(
        $"Event \"{type}\" of stream {stream} at position {position} is unknown to this version. "
        + "Run the version that wrote it, or a newer one.")
{
    public string Type { get; } = type;

    public long Position { get; } = position;
}

/// <summary>The caller broke a rule. A retry gets the same result. <see cref="Code"/> is stable and part of the API contract.</summary>
public sealed class RejectedException : Exception
{
    public RejectedException(string code, string? detail = null)
        : base(detail ?? code) => Code = code;

    public string Code { get; }

    /// <summary>Errors by field; empty where the rejection does not concern fields.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Further members of the response, such as the id of the connection that has the name.</summary>
    public IReadOnlyDictionary<string, object?> Facts { get; init; } = new Dictionary<string, object?>();
}

public sealed record FieldError(string Field, string Message);
