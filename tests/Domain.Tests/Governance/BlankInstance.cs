using System.Diagnostics;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace Domain.Tests.Governance;

/// <summary>Creates commands and events without values, to test whether a switch handles their types.</summary>
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
            return thrown.InnerException is UnreachableException; // any other exception comes from code after the switch
        }
    }
}
