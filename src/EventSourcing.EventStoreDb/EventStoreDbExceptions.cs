namespace EventSourcing.EventStoreDb;

/// <summary>The connection string, the user or a certificate is not accepted. The message says what to change.</summary>
public sealed class EventStoreDbSettingsException(string message, Exception? inner = null) : Exception(message, inner);

/// <summary>No server, or no leader, within the time limit. A pending append may have been written.</summary>
public sealed class EventStoreDbUnreachableException(string message, Exception? inner = null) : IOException(message, inner);
