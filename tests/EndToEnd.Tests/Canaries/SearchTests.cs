namespace EndToEnd.Tests.Canaries;

/// <summary>The search finds a canary where there is one.</summary>
public sealed class SearchTests
{
    [Fact]
    public void A_canary_is_found_in_every_written_form()
    {
        var canary = Canary.Odd("a password");
        var writings = Canary.Writings(canary.Value).ToList();
        Assert.Equal(10, writings.Count);
        Assert.All(writings, w =>
        {
            Place[] places = [new(Place.File, w.Form, System.Text.Encoding.Latin1.GetBytes($"before{w.Text}behind"))];
            Assert.NotEmpty(places.Finds([canary]));
            Assert.Empty(places.Finds([Canary.Odd("another")]));
        });
    }

    [Fact]
    public void A_file_that_is_being_written_is_searched()
    {
        using var folder = new Harness.DataFolder();
        var canary = Canary.New("a token");
        using var writing = new FileStream(Path.Combine(folder.Path, "a.db-wal"), FileMode.Create, FileAccess.Write, FileShare.ReadWrite);
        writing.Write(canary.Forms[0].Bytes);
        writing.Flush();
        Assert.Single(Place.Files(folder.Path, "now").Finds([canary]));
    }
}
