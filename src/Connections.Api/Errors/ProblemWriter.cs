using Connections.Web.Responses;

namespace Connections.Api.Errors;

/// <summary>Writes the framework's own problems, such as an unknown route, in the same form as all others.</summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context) => await Problems.Write(
        context.HttpContext,
        context.ProblemDetails.Extensions.ContainsKey("code") ? context.ProblemDetails : Problems.FromStatus(context.HttpContext));
}
