using Connections.Api.Description;
using Connections.Api.Requests;
using Connections.Api.Responses;
using Connections.Connectors.Files;
using Connections.Hosting.Keys;
using Connections.Web.Keys;

namespace Connections.Api.Endpoints;

/// <summary>Upload, download and delete the files that activities read and write.</summary>
public static class FileEndpoints
{
    public static void MapFiles(this IEndpointRouteBuilder routes)
    {
        var files = routes.MapGroup("/api/files").WithTags("Files");
        files.MapPost("/", Upload).WithName("uploadFile").WithSummary("Stores the body as a file; Content-Disposition names it")
            .Needs(Role.Runner).WithMetadata(new RawBody()).Produces<FileResponse>(201).Rejects(408, 422, 507);
        files.MapGet("/{id:guid}", Download).WithName("downloadFile").WithSummary("Gets the content of a file, or a range of it")
            .Needs(Role.Runner).WithMetadata(new RawContent()).Rejects(404, 410, 412, 416, 422);
        files.MapGet("/{id:guid}/info", Get).WithName("getFile").WithSummary("Gets name, size and type of a file").Needs(Role.Runner)
            .Rejects(404, 410, 422);
        files.MapDelete("/{id:guid}", Delete).WithName("deleteFile").WithSummary("Deletes a file at once").Needs(Role.Runner).Produces(204)
            .Rejects(404, 422);
    }

    private static async Task<IResult> Upload(HttpContext http, IFileStore files, TimeProvider clock, CancellationToken ct)
    {
        await using var body = new UploadBody(http.Request.Body, clock, ct);
        var stored = await files.Write(http.Key().Workspace, UploadHeaders.Read(http.Request), body, ct);
        return TypedResults.Created($"/api/files/{stored.Id}", FileResponse.From(stored));
    }

    private static FileDownload Download(Guid id, HttpContext http, IFileStore files) => new(files, http.Key().Workspace, id);

    private static async Task<FileResponse> Get(Guid id, HttpContext http, IFileStore files, CancellationToken ct) =>
        FileResponse.From(await files.Get(http.Key().Workspace, id, ct));

    private static async Task<IResult> Delete(Guid id, HttpContext http, IFileStore files, CancellationToken ct)
    {
        await files.Delete(http.Key().Workspace, id, ct);
        return TypedResults.NoContent();
    }
}
