using System.Xml.Linq;

namespace Domain.Tests.Governance;

public sealed class ReferenceTests
{
    private static readonly string[] Libraries =
    [
        "EventSourcing", "EventSourcing.Sql", "EventSourcing.EventStoreDb", "Connections.Contracts", "Connections.Domain",
        "Connections.ReadModels", "Connections.Credentials", "Connections.Connectors", "Connections.Connectors.Abstractions", "Connections.Connectors.Http",
        "Connections.Files"
    ];

    private static readonly string[] ForHosts = [.. Libraries, "Connections.Operations", "Connections.Hosting"];

    // Allowed project references. Add a line only with a reason, and keep the graph free of cycles.
    private static readonly Dictionary<string, string[]> Allowed = new()
    {
        ["EventSourcing"] = [],
        ["TransportSecurity"] = [],
        ["EventSourcing.Sql"] = ["EventSourcing", "TransportSecurity"],
        ["EventSourcing.EventStoreDb"] = ["EventSourcing", "TransportSecurity"],
        ["Connections.Contracts"] = [],
        ["Connections.Domain"] = ["EventSourcing"],
        ["Connections.ReadModels"] = ["Connections.Domain", "EventSourcing", "EventSourcing.Sql"],
        ["Connections.Credentials"] = ["Connections.Domain", "EventSourcing", "EventSourcing.Sql"],
        ["Connections.Connectors.Abstractions"] = ["Connections.Domain", "EventSourcing", "TransportSecurity"],
        ["Connections.Connectors.Http"] = ["Connections.Connectors.Abstractions", "Connections.Domain", "EventSourcing", "TransportSecurity"],
        ["Connections.Connectors.Databases"] =
            ["Connections.Connectors.Abstractions", "Connections.Connectors.Ssh", "Connections.Domain", "EventSourcing"],
        ["Connections.Connectors.Files"] =
        [
            "Connections.Connectors.Abstractions", "Connections.Connectors.Http", "Connections.Connectors.Ssh", "Connections.Domain", "EventSourcing"
        ],
        ["Connections.Connectors.Ssh"] = ["Connections.Connectors.Abstractions", "Connections.Domain"],
        ["Connections.Connectors.Mail"] = ["Connections.Connectors.Abstractions", "Connections.Connectors.Http", "Connections.Domain", "EventSourcing"],
        // a document that is too long for one request goes through a bucket
        ["Connections.Connectors.Ocr"] =
        [
            "Connections.Connectors.Abstractions", "Connections.Connectors.Files", "Connections.Connectors.Http", "Connections.Domain", "EventSourcing"
        ],
        // registers all connectors: the only project that knows each of them
        ["Connections.Connectors"] =
        [
            "Connections.Connectors.Abstractions", "Connections.Connectors.Databases", "Connections.Connectors.Files", "Connections.Connectors.Http",
            "Connections.Connectors.Mail", "Connections.Connectors.Ocr"
        ],
        ["Connections.Files"] =
            ["Connections.Connectors.Abstractions", "Connections.Credentials", "EventSourcing", "EventSourcing.Sql", "TransportSecurity"],
        ["Connections.Operations"] = Libraries,
        ["Connections.Hosting"] = [.. Libraries, "Connections.Operations", "TransportSecurity"],
        ["Connections.Commands"] = ForHosts,
        // what the HTTP interface and the console share: responses, keys, sessions
        ["Connections.Web"] = ForHosts,
        // the console is a client of the identity provider, over TLS
        ["Connections.Console"] = [.. ForHosts, "Connections.Web", "TransportSecurity"],
        ["Connections.Api"] = [.. ForHosts, "Connections.Commands", "Connections.Console", "Connections.Web"],
        ["Connections.Worker"] = ForHosts,
        ["Activities.Worker"] = ForHosts,
        // with --demo: the provider that a newcomer signs in to, and the connectors for it
        ["Standalone"] =
        [
            .. ForHosts, "Connections.Commands", "Connections.Api", "Connections.Worker", "Activities.Worker", "TransportSecurity", "DemoDefinitions",
            "DemoProvider"
        ]
    };

    private static readonly string[] WithoutPackages = ["EventSourcing", "TransportSecurity", "Connections.Contracts", "Connections.Domain"];

    [Fact]
    public void Projects_refer_only_to_what_the_table_allows()
    {
        var projects = Projects();
        Assert.NotEmpty(projects.SelectMany(project => project.References));
        var forbidden =
            from project in projects
            from reference in project.References
            where !Allowed.GetValueOrDefault(project.Name, []).Contains(reference)
            select $"{project.Name} → {reference}";
        Assert.Empty(forbidden);
    }

    [Fact]
    public void Every_project_is_in_the_table()
    {
        var projects = Projects();
        Assert.NotEmpty(projects);
        Assert.Empty(projects.Select(project => project.Name).Except(Allowed.Keys));
    }

    [Fact]
    public void The_table_has_no_cycles()
    {
        var left = new Dictionary<string, string[]>(Allowed);
        Assert.NotEmpty(left);
        while (left.Count > 0)
        {
            var leaves = left.Where(row => !row.Value.Any(left.ContainsKey)).Select(row => row.Key).ToList();
            Assert.NotEmpty(leaves);
            leaves.ForEach(leaf => left.Remove(leaf));
        }
    }

    [Fact]
    public void Kernel_contracts_and_domain_use_no_package_and_no_framework_beyond_the_base()
    {
        var projects = Projects().Where(project => WithoutPackages.Contains(project.Name)).ToList();
        Assert.Equal(WithoutPackages.Order(), projects.Select(project => project.Name).Order());
        Assert.Empty(projects.SelectMany(project => project.Packages.Select(package => $"{project.Name} uses {package}")));
    }

    private static List<Project> Projects() => [.. Repository.Files("*.csproj", "src").Select(file => Project.Read(file))];

    private sealed record Project(string Name, IReadOnlyList<string> References, IReadOnlyList<string> Packages)
    {
        public static Project Read(FileInfo file)
        {
            var document = XDocument.Load(file.FullName);
            return new Project(
                Path.GetFileNameWithoutExtension(file.Name),
                [.. Includes(document, "ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path.Replace('\\', '/')))],
                [.. Includes(document, "PackageReference"), .. Includes(document, "FrameworkReference"), .. Includes(document, "Reference")]);
        }

        private static IEnumerable<string> Includes(XDocument document, string item) =>
            document.Descendants().Where(element => element.Name.LocalName == item).Select(element => (string?)element.Attribute("Include") ?? "?");
    }
}
