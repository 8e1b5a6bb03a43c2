using Microsoft.SqlServer.TransactSql.ScriptDom;

namespace Connections.Connectors.SqlServer;

/// <summary>The parts of a query that are known to have no effect.</summary>
internal static class ReadOnlyParts
{
    public static readonly HashSet<Type> Types =
    [
        // queries
        typeof(SelectStatement), typeof(QuerySpecification), typeof(QueryParenthesisExpression), typeof(BinaryQueryExpression),
        typeof(WithCtesAndXmlNamespaces), typeof(CommonTableExpression), typeof(XmlNamespaces), typeof(XmlNamespacesAliasElement),
        typeof(XmlNamespacesDefaultElement), typeof(SelectScalarExpression), typeof(SelectStarExpression), typeof(TopRowFilter),
        typeof(FromClause), typeof(WhereClause), typeof(HavingClause), typeof(OrderByClause), typeof(ExpressionWithSortOrder),
        typeof(OffsetClause), typeof(GroupByClause), typeof(ExpressionGroupingSpecification), typeof(CompositeGroupingSpecification),
        typeof(CubeGroupingSpecification), typeof(RollupGroupingSpecification), typeof(GrandTotalGroupingSpecification),
        typeof(GroupingSetsGroupingSpecification), typeof(OverClause), typeof(WindowFrameClause), typeof(WindowDelimiter),
        typeof(WindowClause), typeof(WindowDefinition), typeof(WithinGroupClause), typeof(ScalarSubquery),
        typeof(XmlForClause), typeof(XmlForClauseOption), typeof(JsonForClause), typeof(JsonForClauseOption), typeof(BrowseForClause),
        typeof(OptimizerHint), typeof(LiteralOptimizerHint), typeof(UseHintList), typeof(OptimizeForOptimizerHint),
        typeof(VariableValuePair),

        // tables
        typeof(NamedTableReference), typeof(QualifiedJoin), typeof(UnqualifiedJoin), typeof(JoinParenthesisTableReference),
        typeof(QueryDerivedTable), typeof(InlineDerivedTable), typeof(RowValue),
        typeof(UnpivotedTableReference), typeof(OpenJsonTableReference), typeof(SchemaDeclarationItemOpenjson),
        typeof(ColumnDefinitionBase),
        typeof(FullTextTableReference), typeof(FullTextPredicate), typeof(TableHint), typeof(IndexTableHint), typeof(ForceSeekTableHint),
        typeof(TableSampleClause), typeof(TemporalClause), typeof(ChangeTableChangesTableReference),
        typeof(ChangeTableVersionTableReference),

        // names and values
        typeof(Identifier), typeof(IdentifierOrValueExpression), typeof(MultiPartIdentifier), typeof(SchemaObjectName),
        typeof(ColumnReferenceExpression), typeof(VariableReference), typeof(GlobalVariableExpression), typeof(SqlDataTypeReference),
        typeof(XmlDataTypeReference), typeof(IntegerLiteral), typeof(NumericLiteral), typeof(RealLiteral), typeof(MoneyLiteral),
        typeof(BinaryLiteral), typeof(StringLiteral), typeof(NullLiteral), typeof(IdentifierLiteral), typeof(MaxLiteral),
        typeof(OdbcLiteral),

        // expressions
        typeof(UnaryExpression), typeof(BinaryExpression), typeof(ParenthesisExpression), typeof(SearchedCaseExpression),
        typeof(SearchedWhenClause), typeof(SimpleCaseExpression), typeof(SimpleWhenClause), typeof(IIfCall), typeof(CoalesceExpression),
        typeof(NullIfExpression), typeof(CastCall), typeof(TryCastCall), typeof(ConvertCall), typeof(TryConvertCall), typeof(ParseCall),
        typeof(TryParseCall), typeof(ParameterlessCall), typeof(LeftFunctionCall), typeof(RightFunctionCall), typeof(AtTimeZoneCall),
        typeof(ExpressionCallTarget), typeof(UserDefinedTypeCallTarget), typeof(JsonKeyValue),
        typeof(BooleanComparisonExpression), typeof(BooleanBinaryExpression), typeof(BooleanNotExpression),
        typeof(BooleanParenthesisExpression), typeof(BooleanIsNullExpression), typeof(BooleanTernaryExpression), typeof(InPredicate),
        typeof(LikePredicate), typeof(ExistsPredicate), typeof(SubqueryComparisonPredicate), typeof(DistinctPredicate)
    ];

    public static readonly HashSet<TableHintKind> Hints =
    [
        TableHintKind.NoLock, TableHintKind.ReadUncommitted, TableHintKind.ReadCommitted, TableHintKind.ReadCommittedLock,
        TableHintKind.ReadPast, TableHintKind.Snapshot, TableHintKind.NoExpand, TableHintKind.NoWait, TableHintKind.Index,
        TableHintKind.ForceSeek, TableHintKind.ForceScan
    ];

    /// <summary>Functions of the server. A function without a schema cannot be one that a user wrote.</summary>
    public static readonly HashSet<string> Functions = Names(
        """
        abs acos app_name approx_count_distinct approx_percentile_cont approx_percentile_disc ascii asin atan atn2 avg base64_decode
        base64_encode
        binary_checksum bit_count ceiling char charindex checksum checksum_agg choose col_length col_name collationproperty columnproperty
        compress concat concat_ws connectionproperty cos cot count count_big cume_dist current_date current_timezone current_timezone_id
        databasepropertyex datalength date_bucket dateadd datediff datediff_big datefromparts datename datepart datetime2fromparts
        datetimefromparts datetimeoffsetfromparts datetrunc day db_id db_name decompress degrees dense_rank difference edit_distance
        edit_distance_similarity eomonth error_line error_message error_number exp file_id file_name filegroup_id filegroup_name
        fileproperty first_value floor format formatmessage fulltextcatalogproperty fulltextserviceproperty get_bit getansinull getdate
        getutcdate
        greatest grouping grouping_id has_dbaccess has_perms_by_name hashbytes host_id host_name ident_current ident_incr ident_seed
        index_col
        indexkey_property indexproperty is_member is_rolemember is_srvrolemember isdate isjson isnull isnumeric
        jaro_winkler_distance jaro_winkler_similarity json_array json_arrayagg json_modify json_object json_objectagg json_path_exists
        json_query json_value lag last_value lead least left_shift len log log10 lower ltrim max min month nchar newid ntile
        object_definition
        object_id object_name object_schema_name objectproperty objectpropertyex original_db_name original_login parsename patindex
        percent_rank percentile_cont percentile_disc permissions pi power quotename radians rand rank regexp_count regexp_instr regexp_like
        regexp_replace regexp_substr replace replicate reverse right_shift round row_number rowcount_big rtrim schema_id schema_name
        scope_identity serverproperty session_context session_id set_bit sign sin smalldatetimefromparts soundex space sql_variant_property
        sqrt
        square stats_date stdev stdevp str string_agg string_escape stuff substring sum suser_id suser_name suser_sid suser_sname
        switchoffset
        sysdatetime sysdatetimeoffset sysutcdatetime tan timefromparts todatetimeoffset translate trim type_id type_name typeproperty
        unicode
        unistr upper user_id user_name var varp vector_distance vector_norm vector_normalize vectorproperty xact_state year
        """);

    public static readonly HashSet<string> TableFunctions = Names(
        "generate_series openjson regexp_matches regexp_split_to_table string_split");

    /// <summary>Functions in the schema sys, in which users cannot make any.</summary>
    public static readonly HashSet<string> SystemFunctions = Names(
        """
        dm_db_index_physical_stats dm_db_index_operational_stats dm_db_stats_histogram dm_db_stats_properties
        dm_exec_cached_plan_dependent_objects
        dm_exec_cursors dm_exec_describe_first_result_set_for_object dm_exec_input_buffer dm_exec_plan_attributes
        dm_exec_query_plan dm_exec_query_statistics_xml dm_exec_sql_text dm_exec_text_query_plan dm_io_virtual_file_stats
        dm_sql_referenced_entities dm_sql_referencing_entities fn_builtin_permissions fn_helpcollations fn_listextendedproperty
        fn_my_permissions fn_virtualfilestats
        """);

    public static readonly HashSet<string> SystemTypes = Names("geography geometry hierarchyid sysname");

    /// <summary>Methods of the types xml, geography, geometry and hierarchyid.</summary>
    public static readonly HashSet<string> Methods = Names(
        """
        exist query value getancestor getdescendant getlevel isdescendantof tostring starea stastext stasbinary stbuffer stcentroid
        stcontains
        stdistance stequals stgeometrytype stintersects stintersection stisvalid stlength stsrid stunion stwithin stx sty
        """);

    public static readonly HashSet<string> Constructors = Names("getroot parse point stgeomfromtext stgeomfromwkb stpointfromtext");

    private static HashSet<string> Names(string names) =>
        new(names.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries), StringComparer.OrdinalIgnoreCase);
}
