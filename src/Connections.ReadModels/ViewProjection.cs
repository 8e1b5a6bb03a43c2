using EventSourcing;
using EventSourcing.Sql;
using EventSourcing.Sql.Loops;

namespace Connections.ReadModels;

/// <summary>Rows that hold a view of each stream, made by the same fold as queries by id.</summary>
public abstract class ViewProjection<TView> : IProjection
    where TView : class
{
    public abstract string Name { get; }

    public abstract IReadOnlyList<string> Prefixes { get; }

    public abstract Migrations Tables { get; }

    public virtual TimeSpan Pace => TimeSpan.FromMilliseconds(25);

    public async Task Apply(IReadOnlyList<RecordedEvent> events, SqlWrite write, CancellationToken ct)
    {
        var views = new Dictionary<string, TView?>();
        foreach (var recorded in events)
        {
            if (!views.TryGetValue(recorded.Stream, out var was))
                was = recorded.Revision == 0 ? null : await Load(recorded.Stream, write);
            views[recorded.Stream] = Evolve(was, recorded);
        }

        var changed = views.Values.OfType<TView>().ToList();
        await write.Execute(changed.Select(Save), ct);
        await Saved(changed, write);
    }

    /// <summary>Null if there is nothing to show.</summary>
    protected abstract TView? Evolve(TView? was, RecordedEvent recorded);

    protected abstract Task<TView?> Load(string stream, SqlWrite write);

    protected abstract SqlStatement Save(TView view);

    /// <summary>Writes rows that depend on several views of a batch.</summary>
    protected virtual Task Saved(IReadOnlyList<TView> views, SqlWrite write) => Task.CompletedTask;
}
