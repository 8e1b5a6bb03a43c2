namespace EventSourcing.EventStoreDb;

/// <summary>The connection string, the user or a certificate is not accepted. The message says what to change.</summary>
public sealed class EventStoreDbSettingsException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>No server, or none that leads, for as long as one waits for it. What was to be appended may have been.</summary>
public sealed class EventStoreDbUnreachableException(string message, Exception? inner = null) : IOException(message, inner);
