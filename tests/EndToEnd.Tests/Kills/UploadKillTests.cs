namespace EndToEnd.Tests.Kills;

/// <summary>A service that is killed in the middle of an upload goes on where the provider confirmed it, and leaves one file.</summary>
public sealed class UploadKillTests(KilledUploads uploads) : IClassFixture<KilledUploads>
{
    [Theory]
    [InlineData("google-drive")]
    [InlineData("onedrive")]
    [InlineData("dropbox")]
    [InlineData("aws-s3")]
    [InlineData("sftp")]
    public void An_upload_goes_on_after_a_kill_and_leaves_one_file(string vendor)
    {
        var (begun, files) = uploads.At(vendor);
        Assert.Equal(1, begun); // a double takes each byte of an upload once
        Assert.Equal(uploads.Expected(vendor), Assert.Single(files));
        if (vendor == "sftp") Assert.InRange(uploads.ShareSentAgain, 0.5, 0.7); // 24 of 40 MiB: the server had confirmed 16
    }
}
