using EventSourcing.Sql;

namespace Connections.Hosting;

/// <summary>The database of the hashed API keys. The log cannot rebuild it.</summary>
public sealed record KeyDatabase(SqlDatabase Sql);
