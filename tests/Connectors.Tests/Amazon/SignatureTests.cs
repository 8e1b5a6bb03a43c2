using Connections.Connectors.S3;
using Connections.Connectors.Textract;
using TestServers;

namespace Connectors.Tests.Amazon;

/// <summary>Amazon's published test suite for signatures. It holds the signer, and the check of the doubles.</summary>
public sealed class SignatureTests
{
    private const int AllVectors = 38;
    private const int VectorsOfTheRoot = 15;

    public static TheoryData<string> Vectors => [.. SignatureVector.All.Select(vector => vector.Name)];

    public static TheoryData<string> VectorsAtTheRoot =>
        [.. SignatureVector.All.Where(vector => vector.IsOfTheRoot).Select(vector => vector.Name)];

    [Fact]
    public void No_vector_is_left_out() => Assert.Equal((AllVectors, VectorsOfTheRoot), (Vectors.Count, VectorsAtTheRoot.Count));

    [Theory]
    [MemberData(nameof(Vectors))]
    public void The_check_of_the_doubles_calculates_the_published_signature(string name)
    {
        var vector = SignatureVector.All.Single(v => v.Name == name);
        Assert.Equal(
            SignatureCheck.Read(vector.Authorization).Signature,
            SignatureCheck.Calculate(vector.Method, vector.Path, vector.Query, vector.Headers, vector.BodyHash, vector.Secret));
    }

    [Theory]
    [MemberData(nameof(VectorsAtTheRoot))]
    public void The_signer_calculates_the_published_signature(string name)
    {
        var vector = SignatureVector.All.Single(v => v.Name == name);
        var (region, service) = ((string)vector.Context["region"]!, (string)vector.Context["service"]!);
        var keys = new S3Keys((string)vector.Context["credentials"]!["access_key_id"]!, vector.Secret, null);
        var named = SignatureCheck.Read(vector.Authorization).Names;
        var signed = vector.Headers.Where(h => named.Contains(h.Key, StringComparer.OrdinalIgnoreCase));
        Assert.Equal(
            vector.Authorization,
            new AmazonSigner(keys, region, service, TimeProvider.System).Authorization(
                vector.Method, signed, Convert.FromHexString(vector.BodyHash), vector.At));
    }

    [Theory]
    [InlineData("http://[::1]:9000/", "[::1]:9000")]
    [InlineData("https://[2001:db8::1]/", "[2001:db8::1]")]
    [InlineData("http://127.0.0.1:9000/", "127.0.0.1:9000")]
    [InlineData("https://amazon.example:443/", "amazon.example")]
    public void The_signed_host_is_the_one_that_is_sent(string address, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, address) { Content = new StringContent("{}") };
        new AmazonSigner(new S3Keys("AKIA1", "secret", null), "us-east-1", "textract", TimeProvider.System).Sign(request);
        var headers = request.Headers.Concat(request.Content.Headers).Append(new("Host", [host]))
            .ToDictionary(header => header.Key, header => string.Join(',', header.Value), StringComparer.OrdinalIgnoreCase);
        Assert.Null(SignatureCheck.Difference(new ReceivedRequest("POST", "/", headers, "{}"), "textract", _ => ("secret", null)));
    }
}
