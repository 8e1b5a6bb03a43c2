using Microsoft.AspNetCore.Mvc;

namespace Connections.Web.Sessions;

/// <summary>The pages that a browser gets where a caller with a key gets a problem.</summary>
public interface IBrowserPages
{
    /// <summary>Sends the browser to the sign-in, and back to this address afterwards.</summary>
    Task SignIn(HttpContext http);

    Task Problem(HttpContext http, ProblemDetails problem);
}
