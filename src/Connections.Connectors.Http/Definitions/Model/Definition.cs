using Connections.Connectors.Catalogue;
using Connections.Connectors.Definitions.Expressions;
using Connections.Domain;

namespace Connections.Connectors.Definitions.Model;

/// <summary>A connector without code, read from a file and checked.</summary>
/// <param name="SuccessWhen">The condition of <c>success</c> for requests that have none of their own; null: the status decides.</param>
internal sealed record Definition(
    CatalogueEntry Entry,
    IReadOnlyDictionary<string, Server> Servers,
    IReadOnlyList<Way> Ways,
    ProbePart Probe,
    Identity Identity,
    IReadOnlySet<string> Drop,
    Expression? SuccessWhen,
    Expression? ErrorCode,
    IReadOnlyList<FailureRule> Failures,
    IReadOnlyDictionary<string, string> OperatorDefaults,
    IReadOnlyDictionary<string, DefinedActivity> Activities);

/// <param name="Hosts">
/// The hosts that the filled address may have; <c>*.example.com</c> stands for one label. Null: the address has fixed hosts.
/// </param>
/// <param name="AnyHost">The person who connects names the host.</param>
internal sealed record Server(string Name, Template Address, IReadOnlyList<string>? Hosts, bool AnyHost)
{
    private const string Scheme = "https://";
    private const string Settings = "settings.";

    /// <summary>The settings that are a host or a part of it: <c>company</c> of <c>https://{settings.company}.acme.example</c>.</summary>
    public IReadOnlyList<string> HostSettings { get; } = [.. InHost(Address)];

    private static IEnumerable<string> InHost(Template address)
    {
        var begun = "";
        foreach (var (literal, place) in address.Parts)
        {
            begun += literal;
            var inHost = begun.StartsWith(Scheme, StringComparison.Ordinal) && !begun[Scheme.Length..].Contains('/');
            if (inHost && place?.Text.StartsWith(Settings, StringComparison.Ordinal) == true) yield return place.Text[Settings.Length..];
        }
    }
}

/// <summary>One way to sign in.</summary>
internal sealed record Way(
    string Id, string Label, IReadOnlyList<FormField> Credentials, SignIn SignIn, ProbePart? Probe, Identity? Identity);

/// <summary>The connection test.</summary>
/// <param name="Keep">Values of the answer, to keep with the tokens of a sign-in.</param>
internal sealed record ProbePart(Operation Request, Healthy? Healthy, IReadOnlyList<KeyValuePair<string, Expression>> Keep);

/// <summary>How a request is signed. Templates may use credentials.</summary>
internal abstract record SignIn
{
    public sealed record None : SignIn;

    public sealed record Basic(Template Username, Template Password) : SignIn;

    public sealed record Bearer(Template Token) : SignIn;

    public sealed record Header(string Name, Template Value) : SignIn;

    public sealed record Query(string Name, Template Value) : SignIn;

    /// <param name="Scheme">The word before the token in the header Authorization.</param>
    public sealed record OAuth(string Scheme) : SignIn;
}

/// <summary>The state of the account in the answer to the probe.</summary>
internal sealed record Healthy(Expression When, FailureKind Kind, Template Message);

/// <param name="Request">A second request; null: the values are in the answer to the probe.</param>
internal sealed record Identity(Expression Value, string Basis, Expression? Display, Operation? Request);

/// <param name="Delivered">Null: as the kind says.</param>
/// <param name="Result">The result instead of a failure; null: it is a failure.</param>
internal sealed record FailureRule(
    IReadOnlyList<(int From, int To)> Statuses,
    IReadOnlyList<string> Codes,
    IReadOnlyList<KeyValuePair<string, string>> Headers,
    Expression? When,
    FailureKind Kind,
    Template? Message,
    Delivered? Delivered,
    Wait? RetryAfter,
    Shape? Result);

/// <summary>When to try again: as the header Retry-After says, a fixed time, or an expression over the answer.</summary>
internal sealed record Wait(int? Seconds, Expression? Value);

internal sealed record DefinedActivity(
    string Id,
    IReadOnlyList<Step> Steps,
    Shape? Output,
    Paging? Paging,
    bool? Repeatable,
    Expression? RepeatableWhen,
    Lookup? Lookup,
    IReadOnlyList<Rejection> Rejections);

/// <summary>An input that is rejected before anything is sent.</summary>
internal sealed record Rejection(Expression When, Template Message);

/// <summary>One request, or one per item of a list.</summary>
internal sealed record Step(string? Name, Expression? Each, Expression? When, bool Repeatable, Operation Operation, Shape? Output);

/// <summary>The question whether an activity with an unknown outcome happened.</summary>
internal sealed record Lookup(Operation Request, Expression Found);

/// <summary>A request, and what its answer means.</summary>
internal sealed record Operation(
    HttpMethod Method,
    string Server,
    Template Path,
    Shape? Query,
    IReadOnlyList<KeyValuePair<string, Template>> Headers,
    Payload? Body,
    IReadOnlyList<(int From, int To)> Statuses,
    Expression? SuccessWhen,
    IReadOnlyList<FailureRule> Failures)
{
    /// <summary>The address of the next page, from the answer; null: the path and the query as described.</summary>
    public string? Next { get; init; }

    /// <summary>The body of the answer becomes a file of the store; null: the answer is JSON.</summary>
    public Save? Save { get; init; }
}

/// <param name="Name">Null: the name in the header Content-Disposition.</param>
/// <param name="ContentType">Null: the content type of the answer.</param>
internal sealed record Save(Template? Name, Template? ContentType);

/// <summary>The body of a request.</summary>
internal abstract record Payload
{
    public sealed record JsonValue(Shape Value) : Payload;

    public sealed record Form(Shape Fields) : Payload;

    public sealed record Text(Expression Value, string ContentType) : Payload;

    /// <param name="Value">A file of the store ({id}), or a small one in place ({name, base64}).</param>
    /// <param name="ContentType">Null: the content type of the file.</param>
    /// <param name="MaxBytes">The largest file that the API takes; null: any.</param>
    public sealed record File(Expression Value, string? ContentType, long? MaxBytes) : Payload;
}

internal enum PagingKind
{
    Cursor,
    Number,
    Offset,
    Address
}

/// <param name="Next">The cursor or the address of the next page.</param>
/// <param name="First">The number of the first page, or the first offset.</param>
/// <param name="More">Whether another page follows; null: until a page is short.</param>
/// <param name="Items">The list in the answer.</param>
/// <param name="Size">The number of items of a full page.</param>
/// <param name="Then">The request of the next pages; null: the same again.</param>
internal sealed record Paging(PagingKind Kind, Expression? Next, int First, Expression? More, Expression Items, int Size, Operation? Then);
