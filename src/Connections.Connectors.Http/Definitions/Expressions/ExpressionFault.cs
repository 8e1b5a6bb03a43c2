namespace Connections.Connectors.Definitions.Expressions;

/// <summary>An expression is wrong: when the definition is read, or for the value that it got. The message quotes no value.</summary>
internal sealed class ExpressionFault(string message) : Exception(message);
