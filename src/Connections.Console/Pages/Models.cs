using Connections.Connectors.Catalogue;
using Connections.Console.Forms;
using Connections.Console.Words;
using Connections.Hosting.Keys;
using Connections.ReadModels;
using Connections.ReadModels.Usage;
using Connections.Web.Responses;
using EventSourcing;

namespace Connections.Console.Pages;

/// <param name="Link">An address to go on to, with its label; null for none.</param>
public sealed record MessageModel(string Title, string Text, string? Link = null, string? Label = null, string? Support = null);

/// <param name="Next">The page to show after the sign-in.</param>
/// <param name="Token">The token that the form carries before there is a session.</param>
/// <param name="Provider">The name of the identity provider; null if none is configured.</param>
/// <param name="Failed">Why the sign-in at the provider failed, in a sentence; null if none did.</param>
/// <param name="SignedOut">The browser has just signed out.</param>
/// <param name="EndSession">The address that signs out of the provider too; null if there is none.</param>
public sealed record SignInModel(
    string Next, string Token, string? Error, string? Provider = null, string? Failed = null, bool SignedOut = false,
    string? EndSession = null);

/// <param name="Code">The code of the one-time address.</param>
public sealed record EnterModel(string Code, string? Error);

/// <param name="NotConfigured">The setting that is missing; null for an app that can be connected.</param>
public sealed record AppCard(CatalogueEntry Entry, long Connections, string? NotConfigured);

/// <param name="Groups">The predefined apps by category.</param>
/// <param name="Custom">The apps that users defined.</param>
/// <param name="Broken">Definitions of users that cannot be used, with their mistakes.</param>
public sealed record MarketModel(
    IReadOnlyList<IGrouping<string, AppCard>> Groups, IReadOnlyList<AppCard> Custom, IReadOnlyList<BrokenConnector> Broken, string Query)
{
    public bool HasCustom => Custom.Count + Broken.Count > 0;
}

public sealed record AppModel(AppCard Card, IReadOnlyList<string> Egress, string? SignInEnds);

/// <summary>The result of a test or a save, as a page without scripts shows it.</summary>
public sealed record TriedForm(
    IReadOnlyList<StepWord> Steps, string? Problem, IReadOnlyList<FieldError> Errors, string? Done = null, bool MaySkipTest = false)
{
    public static readonly TriedForm Not = new([], null, []);
}

/// <param name="Id">The id of the connection to be: a form that is sent twice creates it once.</param>
/// <param name="GoOn">The address at the provider, for browsers without scripts.</param>
public sealed record ConnectModel(
    AppCard Card, Guid Id, string Name, FormView Form, TriedForm Tried, IReadOnlyList<string> Egress, string? GoOn = null)
{
    public bool IsSignIn => Card.Entry.SignsIn(Form.Ways?.Chosen);
}

public sealed record ReconnectModel(
    ConnectionResponse Connection, CatalogueEntry Entry, FormView Form, TriedForm Tried, IReadOnlyList<string> Egress, string? GoOn = null);

/// <param name="Behind">How long the rows have lacked events of the log.</param>
public sealed record ListModel(
    IReadOnlyList<ConnectionResponse> Items,
    IReadOnlyDictionary<string, long> Counts,
    ListQuery Query,
    string? Next,
    IReadOnlyDictionary<string, CatalogueEntry> Apps,
    IReadOnlyList<AppCard> Suggested,
    TimeSpan Behind)
{
    public long All => Counts.Where(c => c.Key != "deleted").Sum(c => c.Value);

    public string AppName(string connector) => Apps.GetValueOrDefault(connector)?.Name ?? connector;
}

/// <param name="StatusSince">When the status became what it is; null while the first sign-in is under way.</param>
/// <param name="TestNow">The module begins a test as soon as the page is there.</param>
public sealed record DetailsModel(
    ConnectionResponse Connection,
    CatalogueEntry? Entry,
    string CreatedBy,
    IReadOnlyList<HistoryLine> History,
    IReadOnlyList<ActivityResponse> Activities,
    IReadOnlyList<WorkflowUse> Uses,
    WaitingUse Waiting,
    DateTimeOffset? At,
    DateTimeOffset? StatusSince,
    TriedForm Tried,
    bool TestNow = false);

/// <param name="Actor">The name of the key, or the part of the service that acted.</param>
public sealed record HistoryLine(HistoryItem Item, string Actor);

/// <param name="Counting">The use is still being counted, as after an upgrade.</param>
public sealed record DeleteModel(
    ConnectionResponse Connection, string AppName, WaitingUse Waiting, IReadOnlyList<WorkflowUse> Uses, bool Counting, string? Revoked, string? Error)
{
    /// <summary>Whether the name has to be typed.</summary>
    public bool NeedsName => Runs > 0 || Counting;

    public long Runs => Uses.Sum(u => u.Runs);
}

public sealed record RenameModel(ConnectionResponse Connection, string Name, string? Error);

public sealed record RunModel(
    ConnectionResponse Connection, CatalogueEntry Entry, ActivityDescription Activity, Guid Id, IReadOnlyList<InputField> Fields,
    IReadOnlyList<FieldError> Errors);

public sealed record ActivitiesModel(
    Page<ActivityResponse> Page, string? Status, string? Workflow, Guid? ConnectionId, IReadOnlyDictionary<Guid, string> Names,
    IReadOnlyDictionary<string, CatalogueEntry> Apps)
{
    public string ActivityName(ActivityResponse activity) =>
        Apps.GetValueOrDefault(activity.Connector ?? "")?.ActivityName(activity.Activity) ?? activity.Activity;
}

public sealed record ActivityModel(
    ActivityResponse Activity, string ActivityName, ConnectionResponse? Connection, IReadOnlyList<ActivityHistoryItem> History, string? Error);

/// <param name="Used">The workflows of the last 30 days.</param>
public sealed record ExpiringLine(ConnectionResponse Connection, string AppName, IReadOnlyList<WorkflowUse> Used);

public sealed record ExpiringModel(IReadOnlyList<(string Title, IReadOnlyList<ExpiringLine> Lines)> Groups);

/// <param name="Created">The new key itself, shown once; null otherwise.</param>
public sealed record KeysModel(IReadOnlyList<ApiKey> Keys, string? Created, IReadOnlyList<FieldError> Errors, string TypedName, string TypedRole);

public sealed record BulkLine(Guid Id, string Name, bool Ok, string Message);

public sealed record BulkModel(string Title, IReadOnlyList<BulkLine> Lines, bool Confirm);
