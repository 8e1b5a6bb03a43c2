using EventSourcing.Sql;

namespace Connections.Hosting;

/// <summary>Where API keys lie, hashed: nothing can rebuild them.</summary>
public sealed record KeyDatabase(SqlDatabase Sql);
