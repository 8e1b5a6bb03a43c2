using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Domain.Tests.Governance;

/// <summary>Commands and events without values, to see whether a switch knows their types.</summary>
internal static class BlankInstance
{
    public static object Create(Type type) => RuntimeHelpers.GetUninitializedObject(type);

    public static bool IsUnknownTo(Delegate rule, params object[] arguments)
    {
        try
        {
            rule.DynamicInvoke(arguments);
            return false;
        }
        catch (TargetInvocationException thrown)
        {
            return thrown.InnerException is UnreachableException; // whatever else is thrown comes from behind the switch
        }
    }
}
