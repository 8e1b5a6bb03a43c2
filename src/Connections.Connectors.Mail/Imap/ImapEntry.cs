using System.Text.Json.Nodes;
using Connections.Connectors.Catalogue;
using Connections.Connectors.Mail;
using Connections.Connectors.MailServers;

namespace Connections.Connectors.Imap;

internal static class ImapEntry
{
    public const string Id = "imap";
    public const string FetchAttachment = "fetch-attachment";
    public const string ListFolders = "list-folders";
    public const string Mark = "mark-email";
    public const string Move = "move-email";

    private const string EmailIds = "[A-Za-z0-9_-]+[.][0-9]+[.][0-9]+";
    private const string FolderName = "\"type\": \"string\", \"minLength\": 1, \"maxLength\": 500";

    public static MailPorts Ports { get; } = new(993, 143);

    // A server allows few connections at a time: Gmail 15 for each account, with all other programs.
    public static CatalogueEntry Create() => new(
        Id, "IMAP", "mail", "Find and read mail in any mailbox.", "password", MailForm.Server(Ports, "imap.example.com"),
        MailForm.Credentials, Scopes: [], Activities: Activities(), Concurrency: 3);

    private static List<ActivityDescription> Activities()
    {
        var common = MailActivities.All("Words anywhere in the email. At Gmail: the syntax of its search box.");
        var (search, read) = (common.First(a => a.Id == MailActivities.Search), common.First(a => a.Id == MailActivities.Read));
        return
        [
            search with { Input = Searched(search.Input.DeepClone()), Output = With(search.Output, "messages", "items") },
            read with { Input = Named(), Output = With(read.Output), Example = JsonNode.Parse("""{"id": "SU5CT1g.1700000000.42"}""") },
            new(FetchAttachment, "Fetch an attachment", "Copies an attachment of an email into the file store.",
                Named("""
                    "attachment": {"type": "string", "pattern": "^[0-9]{1,5}([.][0-9]{1,5}){0,100}$",
                      "description": "The id of the attachment, from vendor.attachments of read-email."}
                    """, "attachment"),
                JsonNode.Parse("""{"type": "object", "required": ["file"], "properties": {"file": {"type": "object"}}}""")!,
                JsonNode.Parse("""{"id": "SU5CT1g.1700000000.42", "attachment": "2"}""")),
            new(ListFolders, "List the folders", "Returns the folders of the mailbox.",
                JsonNode.Parse("""{"type": "object", "additionalProperties": false, "properties": {}}""")!,
                FoldersOutput(), JsonNode.Parse("{}")),
            new(Mark, "Mark an email", "Marks an email as read or unread, flagged or not.",
                Named("""
                    "read": {"type": "boolean", "description": "Absent: stays as it is."},
                    "flagged": {"type": "boolean", "description": "Absent: stays as it is."}
                    """),
                IdOutput("The same id."), JsonNode.Parse("""{"id": "SU5CT1g.1700000000.42", "read": true}""")),
            new(Move, "Move an email", "Moves an email to another folder.",
                Named($$"""
                    "folder": { {{FolderName}}, "description": "The name, from list-folders."}
                    """, "folder"),
                IdOutput("The id in the other folder; null if the server does not name it."),
                JsonNode.Parse("""{"id": "SU5CT1g.1700000000.42", "folder": "Archive"}"""))
        ];
    }

    private static JsonNode Searched(JsonNode input)
    {
        var more = JsonNode.Parse($$"""
            {
              "folder": { {{FolderName}}, "default": "INBOX", "description": "The name, from list-folders."},
              "from": {"type": "string", "maxLength": 1000, "description": "A part of the sender."},
              "to": {"type": "string", "maxLength": 1000, "description": "A part of a recipient."},
              "subject": {"type": "string", "maxLength": 1000, "description": "A part of the subject."},
              "text": {"type": "string", "maxLength": 1000, "description": "A part of the headers or the text."},
              "since": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
                "description": "Received on this day or later, by the server's calendar."},
              "before": {"type": "string", "pattern": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$", "description": "Received before this day."},
              "unread": {"type": "boolean", "description": "True: only unread emails. False: only read ones."}
            }
            """)!.AsObject();
        foreach (var (name, schema) in more) input["properties"]![name] = schema!.DeepClone();
        return input;
    }

    private static JsonNode Named(string more = "", params string[] required) => JsonNode.Parse($$"""
        {
          "type": "object", "additionalProperties": false,
          "required": [{{string.Join(", ", required.Prepend("id").Select(r => $"\"{r}\""))}}],
          "properties": {
            "id": {"type": "string", "maxLength": 2100, "pattern": "^{{EmailIds}}$",
              "description": "The id of the email, from search-emails."}
            {{(more.Length > 0 ? "," : "")}} {{more}}
          }
        }
        """)!;

    private static JsonNode With(JsonNode output, params string[] path)
    {
        var all = output.DeepClone();
        var place = path.Aggregate(all, (node, name) => name == "items" ? node[name]! : node["properties"]![name]!);
        place["properties"]!["vendor"] = JsonNode.Parse("""
            {
              "type": "object",
              "properties": {
                "read": {"type": "boolean"}, "flagged": {"type": "boolean"}, "size": {"type": ["integer", "null"]},
                "attachments": {"type": "array", "description": "The ids for fetch-attachment.",
                  "items": {"type": "object", "properties": {"id": {"type": "string"}, "name": {"type": "string"}}}}
              }
            }
            """);
        return all;
    }

    private static JsonNode FoldersOutput() => JsonNode.Parse("""
        {
          "type": "object", "required": ["folders", "truncated"],
          "properties": {
            "folders": {"type": "array", "items": {"type": "object", "required": ["name", "kind", "selectable"], "properties": {
              "name": {"type": "string"},
              "kind": {"type": ["string", "null"],
                "description": "inbox, sent, drafts, trash, junk, archive, all or flagged, if the server says so."},
              "selectable": {"type": "boolean", "description": "Whether the folder can hold emails."}
            }}},
            "truncated": {"type": "boolean"}
          }
        }
        """)!;

    private static JsonObject IdOutput(string description) => new()
    {
        ["type"] = "object",
        ["required"] = new JsonArray("id"),
        ["properties"] = new JsonObject
        {
            ["id"] = new JsonObject { ["type"] = new JsonArray("string", "null"), ["description"] = description }
        }
    };
}
