using System.Text;
using System.Xml;
using System.Xml.Linq;
using Amazon.Runtime;
using Connections.Connectors.Http;
using Connections.Connectors.Signing;

namespace Connections.Connectors.S3;

/// <summary>The message handler below Amazon's library, for one call. The library signs; errors are in XML, or only in the headers.</summary>
internal sealed class S3MessageHandler(Func<Uri, HttpMessageInvoker> client, TimeProvider clock)
    : SdkMessageHandler(client, new NoSigner(), S3Failures.From, clock)
{
    /// <summary>The guarded connections, for requests that the library does not know.</summary>
    public Func<Uri, HttpMessageInvoker> Client { get; } = client;

    protected override async Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        // Objects are stored as they are, so their responses must not be packed.
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "identity");
        request.Headers.ExpectContinue = false;
        var response = await base.SendAsync(request, cancellationToken);
        // The library takes any XML for an empty result.
        if (Streams(request) || !IsPage(await response.Content.ReadAsByteArrayAsync(cancellationToken))) return response;
        response.Dispose();
        throw new InvalidDataException("The response is a web page.");
    }

    // The other requests with GET list buckets, objects or the parts of an upload.
    protected override bool Streams(HttpRequestMessage request) => request.Method == HttpMethod.Get && request.RequestUri!.AbsolutePath.Length > 1
        && !request.RequestUri.Query.Contains("list-type=", StringComparison.Ordinal)
        && !request.RequestUri.Query.Contains("uploadId=", StringComparison.Ordinal);

    // The completion of an upload can fail with the status 200.
    protected override ConnectorResult.Failed? Explain(Exception fault) => fault is AmazonServiceException { ErrorCode.Length: > 0 } error
        ? S3Failures.From(error) : null;

    protected override ProviderError Read(HttpResponseMessage response, byte[] body)
    {
        var error = Parse(body);
        var region = response.Headers.TryGetValues("x-amz-bucket-region", out var named) ? named.First() : Member(error, "Region");
        return Error(response, Member(error, "Code"), Member(error, "Message")) with { Region = IsRegion(region) ? region : null };
    }

    // The name is shown and stored, so a server must not choose any text.
    private static bool IsRegion(string? name) =>
        name is { Length: > 0 and <= 32 } && name.All(c => char.IsAsciiLetterLower(c) || char.IsAsciiDigit(c) || c == '-');

    private static bool IsPage(ReadOnlySpan<byte> body)
    {
        var start = Encoding.UTF8.GetString(body[..Math.Min(body.Length, 100)]).TrimStart();
        return start.StartsWith("<html", StringComparison.OrdinalIgnoreCase) || start.StartsWith("<!doctype html", StringComparison.OrdinalIgnoreCase);
    }

    private static XElement? Parse(byte[] body)
    {
        try
        {
            using var text = new MemoryStream(body);
            using var reader = XmlReader.Create(text, new XmlReaderSettings { DtdProcessing = DtdProcessing.Prohibit, XmlResolver = null });
            var root = XElement.Load(reader);
            return root.Name.LocalName == "Error" ? root : root.Elements().FirstOrDefault(e => e.Name.LocalName == "Error");
        }
        catch (XmlException)
        {
            return null; // a gateway's error page, or no body at all
        }
    }

    private static string? Member(XElement? error, string name) => error?.Elements().FirstOrDefault(e => e.Name.LocalName == name)?.Value;
}
