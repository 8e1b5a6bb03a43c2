using System.Text.Json.Nodes;

namespace EndToEnd.Tests.Kills;

/// <summary>An activity from the view of its sender.</summary>
/// <param name="Doomed">Whether its connection may be deleted meanwhile.</param>
internal sealed record SentActivity(Guid Id, Guid Connection, ProviderBehaviour Manner, bool Post, bool Doomed, object Body)
{
    /// <summary>As <see cref="Body"/>, for the bus.</summary>
    public required object Message { get; init; }

    public static SentActivity New(Random random, Guid connection, string? named, bool doomed, int timeoutSeconds)
    {
        var (id, post, manner) = (Guid.NewGuid(), random.Next(2) == 0, AnyManner(random));
        var call = ("http", "request", Input(id, post, manner, withBody: random.Next(2) == 0), manner == ProviderBehaviour.Silent ? 2 : timeoutSeconds);
        return Create(id, connection, named, manner, post, doomed, call);
    }

    /// <summary>A mail with the marker as subject. Its token has to be renewed now and then.</summary>
    public static SentActivity Mail(Guid connection, string? named, int timeoutSeconds)
    {
        var id = Guid.NewGuid();
        var call = ("demo-mail", "send-email", new { to = "bob@demo.example", subject = $"{id}", text = "It works." }, timeoutSeconds);
        return Create(id, connection, named, ProviderBehaviour.Quick, post: true, doomed: false, call);
    }

    /// <summary>The correlation id of an activity from the bus.</summary>
    public static string Correlation(Guid id) => $"for {id}";

    private static SentActivity Create(
        Guid id, Guid connection, string? named, ProviderBehaviour manner, bool post, bool doomed, (string Connector, string Activity, object Input, int Seconds) call)
    {
        var (connector, activity, input, timeout) = call;
        var (connectionId, byName) = named is null ? (connection, null) : ((Guid?)null, new { connector, name = named });
        return new SentActivity(
            id, connection, manner, post, doomed, new { id, connectionId, connection = byName, activity, input, timeoutSeconds = timeout })
        {
            Message = new
            {
                workspace = "default",
                activityId = id,
                connectionId,
                connection = byName,
                activity,
                input,
                timeoutSeconds = timeout,
                correlationId = Correlation(id)
            }
        };
    }

    /// <summary>The contradiction between its end and the provider's record; null without one.</summary>
    public string? Fault(JsonNode response, int done)
    {
        var (status, kind) = ((string)response["status"]!, (string?)response["error"]?["kind"]);
        var right = (status, kind) switch
        {
            ("succeeded", _) => Post ? done == 1 : done >= 1,
            ("unknown", _) => Post && done <= 1,
            ("failed", "forbidden") => Manner == ProviderBehaviour.Forbidden && (Post ? done == 1 : done >= 1),
            ("failed", "connectionDeleted") => Doomed && (!Post || done == 0),
            _ => false
        };
        return right ? null : $"{(Post ? "POST" : "GET")} {Manner}, done {done} times: {response.ToJsonString()}";
    }

    private static object Input(Guid id, bool post, ProviderBehaviour manner, bool withBody)
    {
        var (method, path) = (post ? "POST" : "GET", $"/{manner}/{id}");
        return post && withBody ? new { method, path, body = new { marker = id } } : new { method, path };
    }

    private static ProviderBehaviour AnyManner(Random random) => random.Next(100) switch
    {
        < 50 => ProviderBehaviour.Quick,
        < 78 => ProviderBehaviour.Slow,
        < 83 => ProviderBehaviour.Throttled,
        < 86 => ProviderBehaviour.Later,
        < 90 => ProviderBehaviour.Broken,
        < 92 => ProviderBehaviour.Forbidden,
        < 98 => ProviderBehaviour.CutOff,
        _ => ProviderBehaviour.Silent
    };
}
