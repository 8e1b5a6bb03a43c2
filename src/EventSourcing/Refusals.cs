namespace EventSourcing;

/// <summary>The stream is not where the writer thought it was: read again and decide again.</summary>
public sealed class StreamConflictException(string stream, long expected, Exception? inner = null)
    : Exception($"Stream {stream} is not at revision {expected}.", inner)
{
    public string Stream { get; } = stream;

    public long Expected { get; } = expected;
}

/// <summary>The log holds an event whose stored name this program does not know: written by a newer one. Nothing is decided on half a history.</summary>
public sealed class UnknownEventException(string type, string stream, long position)
    : Exception($"Event \"{type}\" of stream {stream} at position {position} is unknown to this program; run the version that wrote it, or a newer one.")
{
    public string Type { get; } = type;

    public long Position { get; } = position;
}

/// <summary>A rule broken by the caller. Asking again will not change the answer. <see cref="Code"/> is stable and part of the contract.</summary>
public sealed class RejectedException : Exception
{
    public RejectedException(string code, string? detail = null)
        : base(detail ?? code) => Code = code;

    public string Code { get; }

    /// <summary>What was wrong, by field; empty where the refusal is not about fields.</summary>
    public IReadOnlyList<FieldError> Errors { get; init; } = [];

    /// <summary>Further members of the answer, such as the id of the connection that has the name.</summary>
    public IReadOnlyDictionary<string, object?> Facts { get; init; } = new Dictionary<string, object?>();
}

public sealed record FieldError(string Field, string Message);
