using System.Diagnostics;
using System.Runtime.CompilerServices;

namespace Hosts.Tests.Governance;

/// <summary>A switch over the events of one kind. The switch handles an event, lists it as ignored, or throws.</summary>
/// <param name="Home">The type that holds the switch.</param>
internal sealed record EventConsumer(string Name, Type Home, Type Event, Func<object, Task> Consume)
{
    public static EventConsumer On<TEvent>(string name, Type home, Action<TEvent> consume) => new(name, home, typeof(TEvent), e =>
    {
        consume((TEvent)e);
        return Task.CompletedTask;
    });

    /// <summary>The domain events that this consumer receives.</summary>
    public IReadOnlyList<Type> Events =>
        [.. Event.Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(Event)).OrderBy(type => type.Name)];

    /// <summary>Whether the switch neither handles nor ignores the event.</summary>
    public async Task<bool> HasNoArmFor(Type type)
    {
        try
        {
            await Consume(RuntimeHelpers.GetUninitializedObject(type));
            return false;
        }
        catch (UnreachableException)
        {
            return true;
        }
        catch (Exception e) when (e is NullReferenceException or ArgumentException or InvalidOperationException)
        {
            return false; // an event without values breaks the code of its arm
        }
    }
}
