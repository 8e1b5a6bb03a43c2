using Microsoft.AspNetCore.Components;

namespace Connections.Console.Rendering;

/// <summary>A page, rendered once for each request.</summary>
public abstract class PageBase<TModel> : ComponentBase
{
    [Parameter]
    public required TModel Model { get; set; }

    [Parameter]
    public required Frame Frame { get; set; }
}
