namespace Connections.Web.Responses;

/// <summary>The large parts of an activity that a response holds.</summary>
public readonly record struct Included(bool Input, bool Output)
{
    public static readonly Included All = new(true, true);
}
