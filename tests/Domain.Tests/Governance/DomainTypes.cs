using System.Reflection;
using Connections.Domain.Connection;
using EventSourcing;

namespace Domain.Tests.Governance;

/// <summary>The aggregates of the domain, found by their deciders.</summary>
internal sealed record Aggregate(EventTypes Names, object Initial, Delegate Evolve, Delegate Decide, Type Event, Type Command)
{
    public IEnumerable<Type> Events => DomainTypes.Concrete(Event);

    public IEnumerable<Type> Commands => DomainTypes.Concrete(Command);
}

internal static class DomainTypes
{
    public static Assembly Assembly { get; } = typeof(ConnectionEvent).Assembly;

    public static IReadOnlyList<Aggregate> Aggregates { get; } =
    [
        .. from type in Assembly.GetTypes()
        let decider = type.GetField("Decider", BindingFlags.Public | BindingFlags.Static)
        where decider?.FieldType.IsGenericType == true && decider.FieldType.GetGenericTypeDefinition() == typeof(Decider<,,>)
        select From(type, decider.GetValue(null)!)
    ];

    public static IEnumerable<Type> Concrete(Type parent) =>
        Assembly.GetTypes().Where(type => !type.IsAbstract && type.IsSubclassOf(parent));

    /// <summary>Base types such as ConnectionEvent, for which a decider should exist.</summary>
    public static IEnumerable<Type> Roots(string suffix) =>
        Assembly.GetTypes().Where(type => type.IsAbstract && !type.IsSealed && type.Name.EndsWith(suffix, StringComparison.Ordinal));

    private static Aggregate From(Type home, object decider)
    {
        object Part(string name) => decider.GetType().GetProperty(name)!.GetValue(decider)!;
        var arguments = decider.GetType().GetGenericArguments();
        var names = (EventTypes)home.GetField("Names", BindingFlags.Public | BindingFlags.Static)!.GetValue(null)!;
        return new Aggregate(names, Part("Initial"), (Delegate)Part("Evolve"), (Delegate)Part("Decide"), arguments[2], arguments[1]);
    }
}
