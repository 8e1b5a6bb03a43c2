using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Connections.Connectors.SqlServer;

/// <summary>
/// Proves that a statement only reads. T-SQL has no read-only transaction, so each part of the statement must be one of the parts and
/// functions that are known to have no effect.
/// </summary>
internal sealed class ReadOnlyRule : TSqlFragmentVisitor
{
    private const string Hint = "Queries of this connection are read-only (see its setting \"Allow writes\"): ";

    private string? objection;

    private ReadOnlyRule()
    {
    }

    /// <summary>Why the statement is not proven to be read-only; null if it is.</summary>
    public static string? Check(TSqlStatement statement)
    {
        if (statement is not SelectStatement) return Hint + "only one SELECT is allowed.";
        var rule = new ReadOnlyRule();
        statement.Accept(rule);
        return rule.objection is { } objection ? Hint + objection : null;
    }

    public override void Visit(TSqlFragment fragment) => objection ??= fragment switch
    {
        SelectStatement { Into: not null } => "SELECT INTO makes a table.",
        SelectStatement { ComputeClauses.Count: > 0 } => "COMPUTE is not allowed.",
        NextValueForExpression => "NEXT VALUE FOR changes a sequence.",
        SelectSetVariable => "a SELECT that sets variables is not allowed.",
        SchemaObjectName { ServerIdentifier: not null } => "tables and functions of linked servers are not allowed.",
        TableHint hint when !ReadOnlyParts.Hints.Contains(hint.HintKind) => $"the hint {hint.HintKind} holds locks or is not known.",
        FunctionCall call => Function(call),
        PivotedTableReference pivot => Aggregate(pivot.AggregateFunctionIdentifier),
        GlobalFunctionTableReference call => Known(ReadOnlyParts.TableFunctions, call.Name.Value),
        BuiltInFunctionTableReference call => Known(ReadOnlyParts.SystemFunctions, call.Name.Value),
        SchemaObjectFunctionTableReference call => TableFunction(call.SchemaObject),
        UserDataTypeReference type => UserType(type.Name),
        _ when ReadOnlyParts.Types.Contains(fragment.GetType()) => null,
        _ => $"{Words(fragment)} is not known to be without effect."
    };

    private static string? Function(FunctionCall call) => call.CallTarget switch
    {
        null => Known(ReadOnlyParts.Functions, call.FunctionName.Value),
        // A method of a column may be one that a user wrote, so its type has to be seen.
        ExpressionCallTarget target when HasKnownType(target.Expression) => Known(ReadOnlyParts.Methods, call.FunctionName.Value),
        UserDefinedTypeCallTarget target when UserType(target.SchemaObjectName) is null =>
            Known(ReadOnlyParts.Constructors, call.FunctionName.Value),
        _ => Unknown(call.FunctionName.Value)
    };

    private static bool HasKnownType(ScalarExpression expression) => expression switch
    {
        ParenthesisExpression inner => HasKnownType(inner.Expression),
        CastCall cast => IsKnown(cast.DataType),
        TryCastCall cast => IsKnown(cast.DataType),
        ConvertCall convert => IsKnown(convert.DataType),
        TryConvertCall convert => IsKnown(convert.DataType),
        ScalarSubquery query => query.QueryExpression.ForClause is XmlForClause,
        FunctionCall call => call.CallTarget is ExpressionCallTarget or UserDefinedTypeCallTarget, // checked by itself
        _ => false
    };

    private static bool IsKnown(DataTypeReference type) =>
        type is XmlDataTypeReference || (type is UserDataTypeReference user && UserType(user.Name) is null);

    private static string? Aggregate(MultiPartIdentifier name) =>
        name.Identifiers.Count == 1 ? Known(ReadOnlyParts.Functions, name.Identifiers[0].Value) : Unknown(name.Identifiers[^1].Value);

    private static string? TableFunction(SchemaObjectName name) =>
        name is { DatabaseIdentifier: null, SchemaIdentifier.Value: { } schema } && schema.Equals("sys", StringComparison.OrdinalIgnoreCase)
            ? Known(ReadOnlyParts.SystemFunctions, name.BaseIdentifier.Value)
            : Unknown(name.BaseIdentifier.Value);

    private static string? UserType(SchemaObjectName name) =>
        name is { DatabaseIdentifier: null, SchemaIdentifier: null or { Value: "sys" } }
            && ReadOnlyParts.SystemTypes.Contains(name.BaseIdentifier.Value)
            ? null
            : $"the type {name.BaseIdentifier.Value} is not known to be without effect.";

    private static string? Known(HashSet<string> names, string name) => names.Contains(name) ? null : Unknown(name);

    private static string Unknown(string name) => $"the function {name} is not known to be without effect.";

    private static string Words(TSqlFragment fragment) => fragment switch
    {
        OpenRowsetTableReference or BulkOpenRowset or OpenRowsetCosmos or InternalOpenRowset => "OPENROWSET",
        OpenQueryTableReference => "OPENQUERY",
        AdHocTableReference => "OPENDATASOURCE",
        OpenXmlTableReference => "OPENXML",
        _ => fragment.GetType().Name
    };
}
