using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace Connections.Files;

/// <summary>Reads the secret key from its file, and refuses settings that contradict one another.</summary>
internal sealed class FilesOptionsCheck(IConfiguration configuration) : IPostConfigureOptions<FilesOptions>, IValidateOptions<FilesOptions>
{
    private const string Secret = $"{FilesOptions.Section}:Bucket:SecretAccessKey";

    public void PostConfigure(string? name, FilesOptions options)
    {
        if (configuration[$"{Secret}:File"] is not { Length: > 0 } file) return;
        if (options.Bucket.SecretAccessKey is not null)
        {
            options.Bucket.Problem = $"The key is given twice: in {Secret} and in {Secret}:File.";
            return;
        }

        try
        {
            options.Bucket.SecretAccessKey = File.ReadAllText(file).Trim();
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            options.Bucket.Problem = $"The file named by {Secret}:File cannot be read ({e.GetType().Name}).";
        }
    }

    public ValidateOptionsResult Validate(string? name, FilesOptions options)
    {
        if (options.Bucket is not { Name.Length: > 0 } bucket) return ValidateOptionsResult.Success;
        if (options.Folder is { Length: > 0 }) return ValidateOptionsResult.Fail("Set Files:Folder or Files:Bucket:Name, and not both.");
        if (bucket.Problem is { } problem) return ValidateOptionsResult.Fail(problem);
        if (bucket is not { AccessKeyId.Length: > 0, SecretAccessKey.Length: > 0 })
            return ValidateOptionsResult.Fail($"Files:Bucket:AccessKeyId and {Secret} are required with Files:Bucket:Name.");
        return bucket.Endpoint is { Length: > 0 } endpoint && !IsAddress(endpoint)
            ? ValidateOptionsResult.Fail("Files:Bucket:Endpoint must be an address such as https://storage.example.com.")
            : ValidateOptionsResult.Success;
    }

    private static bool IsAddress(string endpoint) => Uri.TryCreate(endpoint, UriKind.Absolute, out var uri) && (uri.Scheme is "http" or "https");
}
