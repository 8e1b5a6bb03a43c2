using Connections.Connectors.Definitions;

namespace Connectors.Tests.Definitions;

/// <summary>A wrong definition is refused with the place of the mistake and what to write instead.</summary>
public sealed class WrongDefinitionTests
{
    [Fact]
    public void The_sample_has_no_mistake() => Assert.Empty(DefinitionFile.Parse("acme.yaml", Sample.Text).Messages);

    [Theory]
    // names
    [InlineData("name: Acme", "nmae: Acme", "2:1: \"nmae\" is no member of a definition; write \"name\".")]
    [InlineData("name: Acme", "name: Acme\nname: Other", "3:1: The member \"name\" is given twice; remove one.")]
    [InlineData("connector: acme", "connector: Acme SMS", "1:12: \"Acme SMS\" is no connector id; write small letters")]
    [InlineData("connector: acme", "documentation: https://acme.example", "1:1: A definition has no \"connector\"; add connector: acme-sms.")]
    [InlineData("name: Acme", "name: [Acme]", "2:7: \"name\" must be a text, not a list.")]
    [InlineData("category: test", "category: ''", "3:11: \"category\" is empty; write a text, or remove it.")]
    [InlineData("description: A test.", "description: A test.\ndocumentation: http://a.example", "5:16: \"documentation\" must be an address that begins with https://.")]
    [InlineData("description: A test.", "description: A test.\nconcurrency: many", "5:14: \"concurrency\" must be a whole number from 1 to 100.")]
    [InlineData("  company: {", "\tcompany: {", "6:1: A tab indents this line; YAML allows spaces only.")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "bearer: {credentials.apiKey}", "must be a text, not an object; put it in quotes: \"{credentials.apiKey}\".")]
    // the form
    [InlineData("label: Company,", "lable: Company,", "\"lable\" is no member of a setting; write \"label\".")]
    [InlineData("label: Company, required: true", "label: Company, required: yes", "6:40: \"required\" must be true or false.")]
    [InlineData("pattern: \"[a-z]+\"", "pattern: \"(a\"", "\"pattern\" is no regular expression that can be used")]
    [InlineData("pattern: \"[a-z]+\"", "pattern: \"(a)\\\\1\"", "\"pattern\" is no regular expression that can be used")]
    [InlineData("pattern: \"[a-z]+\"", "type: strnig", "\"strnig\" is no type; use string.")]
    [InlineData("pattern: \"[a-z]+\"", "secret: true", "A setting is shown to everyone; move the field to credentials.")]
    [InlineData("  company: {", "  the company: {", "\"the company\" is no field name; write letters and digits")]
    // servers
    [InlineData("\"https://{settings.company}.acme.example/v1\"", "\"http://api.acme.example\"", "8:8: A server must begin with https://")]
    [InlineData("\"https://{settings.company}.acme.example/v1\"", "\"https://{settings.company}\"", "8:8: The host is not bounded; add hosts")]
    [InlineData("\"https://{settings.company}.acme.example/v1\"", "\"https://{settings.company}.example\"", "8:8: The host is not bounded; add hosts")]
    [InlineData("\"https://{settings.company}.acme.example/v1\"", "\"https://{settings.compny}.acme.example\"", "\"settings.compny\" is no field of the form; write settings.company.")]
    [InlineData("\"https://{settings.company}.acme.example/v1\"", "{ address: \"https://{settings.company}\", hosts: [\"*\"] }", "\"*\" is too wide or no host")]
    [InlineData("\"https://{settings.company}.acme.example/v1\"", "{ address: \"https://{settings.company}\", hosts: [\"*.com\"] }", "\"*.com\" is too wide or no host")]
    [InlineData("\"https://{settings.company}.acme.example/v1\"", "{ address: \"https://{kept.host}\", hosts: any }", "hosts: any is for addresses that the person who connects types")]
    [InlineData("\"https://{settings.company}.acme.example/v1\"", "\"https://{credentials.apiKey}.acme.example\"", "8:8: Credentials can be used in authentication only; remove them here.")]
    [InlineData("\"https://files.acme.example\"", "\"https://files.acme.example?x=1\"", "9:10: A server is an address without user, query and fragment")]
    [InlineData("\"https://files.acme.example\"", "\"https://u:p@files.acme.example\"", "9:10: A server is an address without user, query and fragment")]
    // kept values
    [InlineData("bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://a.acme.example\", token: \"https://{kept.region}.acme.example\" }", "{kept.region} is not known yet when tokens are requested; list its values in callback.")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://{kept.region}.acme.example\", token: \"https://a.acme.example\" }", "\"kept\" is not available here")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://a.acme.example\", token: \"https://{kept.x}/t\", callback: { x: { parameter: p, values: { a: \"evil.example/p?\" } } } }", "\"evil.example/p?\" is no host, nor a part of one")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://a.acme.example\", token: \"https://a.acme.example\", callback: { x: { parameter: p } } }", "\"values\" lists the values of the parameter")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://a.acme.example\", token: \"https://a.acme.example\", callback: { x: { parameter: p, values: { a: b } } }, answer: { keep: { x: region } } }", "Two values are kept as \"x\"; rename one.")]
    [InlineData("probe: { get: /me }", "probe: { get: /me, keep: { root: body.root } }", "Values are kept with the tokens of a sign-in; remove keep, or add a way with oauth.")]
    // files
    [InlineData("get: /items/{input.id}", "post: /items\n    body: { type: text/plain }", "A body has no \"text\"; add text: an expression, or file.")]
    [InlineData("get: /items/{input.id}", "post: /items\n    body: { text: input.a, file: input.b }", "A body is a text or a file; keep one.")]
    [InlineData("get: /items/{input.id}", "post: /items\n    body: { text: input.a, maxBytes: 10 }", "\"maxBytes\" is for a file; remove it.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    body: { file: input.a }", "A get has no body; use query, or post.")]
    [InlineData("probe: { get: /me }", "probe: { post: /me, body: { file: settings.company } }", "Only an activity sends files; use text.")]
    [InlineData("probe: { get: /me }", "probe: { get: /me, save: {} }", "\"save\" is no member of the probe")]
    [InlineData("get: /items/{input.id}", "get: /items\n    save: {}\n    success: { status: 200, when: body.ok }", "The body becomes a file; success reads headers and status only.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    save: {}\n    paging: { kind: cursor, items: body, next: body.n }", "A list is read from its pages; remove save, or paging.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    lookup: { get: /x, found: body, save: {} }", "A look-up reads its answer; remove save from it.")]
    // members that do not exist
    [InlineData("get: /items/{input.id}", "get: /items/{input.idd}", "\"input.idd\" is no member of the input; write input.id.")]
    [InlineData("get: /items/{input.id}", "post: /items\n    json: { weight: input.weight.grams }", "\"input.weight\" is no member of the input; inputSchema has id.")]
    [InlineData("get: /items/{input.id}", "post: /items\n    json: { first: \"input.ids[0].x\" }", "\"input.ids\" is no member of the input; write input.id.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    query: { c: page.cursor }", "\"page\" is for a list; add paging, or remove it.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    query: { c: page.cursr }\n    paging: { kind: cursor, items: body, next: body.n }", "\"page.cursr\" does not exist; use page.cursor, page.number, page.size, page.next.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    query: { n: page.size }\n    paging: { kind: cursor, items: body, next: body.n }", "The request for the next page does not send page.cursor")]
    [InlineData("get: /items/{input.id}", "get: /items\n    query: { n: page.size }\n    paging: { kind: number, items: body, size: 10 }", "The request for the next page does not send page.number")]
    [InlineData("get: /items/{input.id}", "get: /items\n    query: { c: page.cursor }\n    paging: { kind: cursor, items: body, next: body.n, then: { get: /more } }", "The request for the next page does not send page.cursor")]
    // inputs
    [InlineData("get: /items/{input.id}", "get: /items\n    reject: [{ when: input.a }]", "A rejection has no \"message\"; add message:")]
    [InlineData("get: /items/{input.id}", "get: /items\n    reject: [{ when: body.a, message: No. }]", "\"body\" is not available here; begin with input, settings, at")]
    [InlineData("probe: { get: /me }", "probe: { get: /me, headers: { X-Id: \"{activity.id}\" } }", "\"activity\" is not available here")]
    // signing in
    [InlineData("bearer: \"{credentials.apiKey}\"", "baerer: \"{credentials.apiKey}\"", "says not how to sign in; add one of none, basic, bearer, header, query, oauth.")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "bearer: \"{credentials.apiKey}\"\n    none: true", "12:5: The way \"key\" signs in twice (none, bearer)")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "bearer: \"{credentials.apikey}\"", "13:13: \"credentials.apikey\" is no field of the form; write credentials.apiKey.")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "bearer: \"{credentials.apiKey\"", "13:13: A brace { is not closed; write }")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://a.acme.example\" }", "\"token\"; add token:")]
    [InlineData("bearer: \"{credentials.apiKey}\"", "oauth: { authorize: \"https://{settings.company}\", token: \"https://a.acme.example\" }", "The host is not bounded")]
    // credentials outside authentication
    [InlineData("output: { id: body.id }", "output: { id: credentials.apiKey }", "23:19: Credentials can be used in authentication only; remove them here.")]
    [InlineData("get: /items/{input.id}", "get: /items/{credentials.apiKey}", "22:10: Credentials can be used in authentication only; remove them here.")]
    // requests
    [InlineData("get: /items/{input.id}", "get: items", "22:10: A path begins with one /")]
    [InlineData("get: /items/{input.id}", "get: //evil.example/x", "22:10: A path begins with one /")]
    [InlineData("get: /items/{input.id}", "get: /items?id=1", "22:10: A path holds no query, fragment and blank; use query:")]
    [InlineData("get: /items/{input.id}", "get: /items\n    post: /items", "21:5: There are 2 requests (get, post); keep one.")]
    [InlineData("get: /items/{input.id}", "repeatable: true", "There is no request; add one of get, post")]
    [InlineData("get: /items/{input.id}", "get: /items\n    json: input", "23:5: A get has no body; use query, or post.")]
    [InlineData("get: /items/{input.id}", "post: /items\n    json: input\n    form: { a: input.a }", "24:5: A request has one body")]
    [InlineData("get: /items/{input.id}", "get: /items\n    server: fils", "There is no server \"fils\"; use api, files.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    headers: { Host: evil.example }", "The header Host is set by the connection and cannot be changed.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    query: { a: inptu.a }", "23:17: \"inptu\" is not available here; begin with input")]
    [InlineData("get: /items/{input.id}", "get: /items\n    query: { a: body.a }", "23:17: \"body\" is not available here")]
    [InlineData("get: /items/{input.id}", "get: /items\n    query: { a: 'input.[' }", "is no JMESPath expression; write a path such as input.to")]
    [InlineData("get: /items/{input.id}", "get: /items\n    query: { a: 'lenght(input.a)' }", "There is no function \"lenght\"; use \"length\".")]
    [InlineData("get: /items/{input.id}", "get: /items\n    success: 99", "\"99\" is no status; write a number from 100 to 599")]
    // activities
    [InlineData("inputSchema: { properties: { id: { type: string } } }", "name: X", "20:3: \"get-item\" is no common activity, so it needs inputSchema")]
    [InlineData("inputSchema: { properties: { id: { type: string } } }", "inputSchema: []", "21:18: \"inputSchema\" must be a JSON Schema")]
    [InlineData("inputSchema: { properties: { id: { type: string } } }", "inputSchema: { properties: { id: { type: strnig } } }", "\"inputSchema\" is no JSON Schema that can be read")]
    [InlineData("  get-item:", "  getItem:", "20:3: \"getItem\" is no activity id")]
    [InlineData("  get-item:", "  request:", "20:3: Every connector has the activity request without writing it")]
    [InlineData("get: /items/{input.id}", "do: []", "22:9: \"do\" must be a list of 1 to 20 steps")]
    [InlineData("get: /items/{input.id}", "do: [{ name: a, get: /a, query: { x: steps.b } }, { name: b, get: /b }]", "The step uses steps.b, which runs only later; move that step before this one.")]
    [InlineData("get: /items/{input.id}", "do: [{ name: a, get: /a, query: { x: steps.a } }]", "The step uses steps.a, which runs only later")]
    [InlineData("get: /items/{input.id}", "do: [{ name: a, get: /a, query: { x: steps.c } }]", "There is no step \"c\" before this one")]
    [InlineData("get: /items/{input.id}", "get: /items\n    paging: { kind: cusor, items: body.items, next: body.next }", "\"cusor\" is no kind; use cursor.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    paging: { kind: number, items: body.items }", "\"size\"; add size: 100.")]
    [InlineData("get: /items/{input.id}", "get: /items\n    lookup: { get: /x }", "\"found\"; add found:")]
    // failures
    [InlineData("kind: notFound", "kind: notfound", "18:26: \"notfound\" is no kind; use notFound.")]
    [InlineData("{ status: 404, kind: notFound }", "{ status: 404 }", "A failure rule has no \"kind\"; add kind:")]
    [InlineData("{ status: 401, kind: reauthRequired }", "{ kind: invalidInput }", "18:5: This rule is never reached, since the rule before matches every answer")]
    [InlineData("probe: { get: /me }", "probe: { get: /me, otherwise: { kind: forbidden } }", "\"otherwise\" needs \"healthy\"")]
    [InlineData("identity: { value: body.id, basis: id }", "identity: { basis: id }", "15:11: The identity has no \"value\"; add value: body.id.")]
    // YAML
    [InlineData("description: A test.", "description: &a A test.", "4:14: Anchors (&) and aliases (*) are not allowed")]
    [InlineData("description: A test.", "description: !!str A test.", "4:14: Tags (!) are not allowed")]
    [InlineData("description: A test.", "description: \"A test.", "The file is no YAML")]
    [InlineData("description: A test.", "description: A test.\n---\nx: 1", "The file holds several documents")]
    public void A_mistake_is_reported_with_its_place_and_advice(string line, string instead, string expected)
    {
        var file = Sample.With(line, instead);
        Assert.True(file.IsBroken);
        var found = file.Messages.ToList();
        Assert.True(
            found.Any(m => m.StartsWith("acme.yaml:", StringComparison.Ordinal) && m.Contains(expected, StringComparison.Ordinal)),
            $"expected: {expected}\nfound:\n{string.Join('\n', found)}");
    }

    [Fact]
    public void All_mistakes_of_a_file_are_listed_in_order()
    {
        var file = DefinitionFile.Parse("acme.yaml", Sample.Text.Replace("name: Acme", "nmae: Acme", StringComparison.Ordinal)
            .Replace("kind: notFound", "kind: lost", StringComparison.Ordinal).Replace("get: /me", "get: me", StringComparison.Ordinal));
        Assert.Equal([1, 2, 14, 18], file.Faults.Select(f => f.Line).Distinct());
    }

    [Theory]
    [InlineData("")]
    [InlineData("[]")]
    [InlineData("text")]
    [InlineData("a: [")]
    public void A_file_that_is_no_definition_is_refused(string text) => Assert.NotEmpty(DefinitionFile.Parse("x.yaml", text).Faults);

    [Fact]
    public void A_file_of_10_MB_is_refused_without_reading_it() =>
        Assert.Contains("larger than 1024 KB", DefinitionFile.Parse("x.yaml", new string('a', 10 * 1024 * 1024)).Messages.Single(), StringComparison.Ordinal);

    [Theory]
    [InlineData("[", 100_000)]
    [InlineData("{a: ", 50_000)]
    [InlineData("a: [1, 1, 1]\n", 0)]
    public void A_file_that_nests_or_grows_without_end_is_refused(string part, int times) => Assert.True(DefinitionFile.Parse(
        "x.yaml", times > 0 ? string.Concat(Enumerable.Repeat(part, times)) : "a: &a [1, 1]\nb: &b [*a, *a]\nc: &c [*b, *b]\n" + part).IsBroken);
}
