using Connections.Api.Responses;

namespace Connections.Api.Errors;

/// <summary>Problems that the framework itself answers, such as for a route that does not exist, in the form of all others.</summary>
internal sealed class ProblemWriter : IProblemDetailsWriter
{
    public bool CanWrite(ProblemDetailsContext context) => true;

    public async ValueTask WriteAsync(ProblemDetailsContext context) => await Problems.Write(
        context.HttpContext,
        context.ProblemDetails.Extensions.ContainsKey("code") ? context.ProblemDetails : Problems.FromStatus(context.HttpContext));
}
