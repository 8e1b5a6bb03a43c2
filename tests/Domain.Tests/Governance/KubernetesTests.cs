using Map = System.Collections.Generic.Dictionary<object, object>;

namespace Domain.Tests.Governance;

/// <summary>
/// infra/k8s runs the images of infra/compose.yaml with the same settings, probes each host, keeps some of each running, and holds no
/// secret.
/// </summary>
public sealed class KubernetesTests
{
    private const string Secrets = "/run/secrets";

    private static readonly IReadOnlyList<Map> All = [.. Repository.Files("*.yaml", "infra/k8s").SelectMany(Yaml.Documents)];
    private static readonly Map Settings = (Map)Assert.Single(OfKind("ConfigMap")).At("data");
    private static readonly Map Compose = Yaml.Documents(new FileInfo(Path.Combine(Repository.Root.FullName, "infra", "compose.yaml"))).Single();
    private static readonly Dictionary<string, Map> Hosts = OfKind("Deployment").ToDictionary(d => d.Text("metadata", "name"));

    public static TheoryData<string> Names => ["connections-api", "connections-worker", "activities-worker"];

    [Fact]
    public void The_three_hosts_are_deployed_and_nothing_else() => Assert.Equal(Names.Select(n => n.Data).Order(), Hosts.Keys.Order());

    [Theory]
    [MemberData(nameof(Names))]
    public void A_host_runs_the_image_of_the_compose_file_with_its_settings_and_arguments(string name)
    {
        var (deployed, composed) = (Container(name), Compose.At("services", name));
        Assert.Equal(composed.Text("image"), deployed.Text("image"));
        Assert.Equal(
            ((Map)composed.At("environment")).Select(e => $"{e.Key}={e.Value}").Order(),
            Settings.Select(e => $"{e.Key}={e.Value}").Concat(Own(name).Select(e => $"{e.Text("name")}={e.Text("value")}")).Order());
        Assert.Equal("connections", deployed.List("envFrom").Single().Text("configMapRef", "name"));
        Assert.Equal(composed.Has("command"), deployed.Has("args"));
        if (deployed.Has("args")) Assert.Equal(composed.List("command"), deployed.List("args"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_host_is_probed_at_its_health_endpoints(string name)
    {
        var container = Container(name);
        var port = container.List("ports").Single();
        foreach (var (probe, path) in new[] { ("startupProbe", "/health/live"), ("livenessProbe", "/health/live"), ("readinessProbe", "/health/ready") })
        {
            Assert.Equal(path, container.Text(probe, "httpGet", "path"));
            Assert.Equal(port.Text("name"), container.Text(probe, "httpGet", "port"));
        }

        var listens = container.Has("args")
            ? $"{container.List("args")[^1]}"
            : $"http://{Own(name).Single(e => e.Text("name") == "Health__Listen").Text("value")}";
        Assert.Equal($"http://0.0.0.0:{port.Text("containerPort")}", listens);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void At_least_two_of_each_host_run_and_at_most_one_is_stopped_at_a_time(string name)
    {
        var budget = Assert.Single(OfKind("PodDisruptionBudget"), b => b.Text("metadata", "name") == name);
        Assert.Equal("1", budget.Text("spec", "maxUnavailable"));
        Assert.Equal(name, budget.Text("spec", "selector", "matchLabels", "app"));
        Assert.Equal(name, Hosts[name].Text("spec", "selector", "matchLabels", "app"));
        Assert.Equal(name, Hosts[name].Text("spec", "template", "metadata", "labels", "app"));
        Assert.True(int.Parse(Hosts[name].Text("spec", "replicas"), System.Globalization.CultureInfo.InvariantCulture) >= 2);
        Assert.Equal("0", Hosts[name].Text("spec", "strategy", "rollingUpdate", "maxUnavailable"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_secret_is_a_file_of_the_one_secret_and_never_a_value(string name)
    {
        var pod = Hosts[name].At("spec", "template", "spec");
        var secret = Assert.Single(pod.List("volumes"), v => v.Has("secret"));
        Assert.Equal(Secrets, Container(name).List("volumeMounts").Single(m => m.Text("name") == secret.Text("name")).Text("mountPath"));
        Assert.False(((Map)secret.At("secret")).ContainsKey("items")); // every file of the secret, so that a new one needs no change here
        var files = Settings.Values.Select(v => $"{v}").Where(v => v.StartsWith(Secrets, StringComparison.Ordinal)).ToArray();
        Assert.NotEmpty(files);
        var created = File.ReadAllText(Path.Combine(Repository.Root.FullName, "infra", "k8s", "namespace.yaml"));
        Assert.All(files, f => Assert.Contains($"--from-file={f[(Secrets.Length + 1)..]}", created, StringComparison.Ordinal));
        Assert.Empty(OfKind("Secret"));
        Assert.All(Settings.Values, v => Assert.DoesNotContain("://u", $"{v}", StringComparison.Ordinal));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_host_runs_as_nobody_on_a_disk_it_cannot_write_and_has_the_time_it_needs_to_stop(string name)
    {
        var pod = Hosts[name].At("spec", "template", "spec");
        Assert.Equal("true", pod.Text("securityContext", "runAsNonRoot"));
        Assert.Equal("true", Container(name).Text("securityContext", "readOnlyRootFilesystem"));
        Assert.Equal("false", Container(name).Text("securityContext", "allowPrivilegeEscalation"));
        Assert.True(int.Parse(pod.Text("terminationGracePeriodSeconds"), System.Globalization.CultureInfo.InvariantCulture) > 30);
    }

    [Fact]
    public void All_objects_are_in_one_namespace_and_the_service_selects_the_api()
    {
        var home = Assert.Single(OfKind("Namespace")).Text("metadata", "name");
        Assert.All(All.Where(d => d.Text("kind") is not ("Namespace" or "Kustomization")), d => Assert.Equal(home, d.Text("metadata", "namespace")));
        var service = Assert.Single(OfKind("Service"));
        Assert.Equal("connections-api", service.Text("spec", "selector", "app"));
        Assert.Equal(Container("connections-api").List("ports").Single().Text("name"), service.List("spec", "ports").Single().Text("targetPort"));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void A_published_image_has_the_deployed_name_and_a_web_server_for_probes(string name)
    {
        var project = string.Concat(name.Split('-').Select((part, i) => $"{(i > 0 ? "." : "")}{char.ToUpperInvariant(part[0])}{part[1..]}"));
        var file = Assert.Single(Repository.Files($"{project}.csproj", "src"));
        var document = System.Xml.Linq.XDocument.Load(file.FullName);
        Assert.Equal(name, document.Descendants("ContainerRepository").Single().Value);
        Assert.True(
            (string?)document.Root!.Attribute("Sdk") == "Microsoft.NET.Sdk.Web"
            || document.Descendants("FrameworkReference").Any(f => (string?)f.Attribute("Include") == "Microsoft.AspNetCore.App"));
    }

    [Fact]
    public void The_kustomization_names_every_file_and_gives_each_image_its_registry_and_version()
    {
        var kustomization = Assert.Single(OfKind("Kustomization"));
        Assert.Equal(
            Repository.Files("*.yaml", "infra/k8s").Select(f => f.Name).Where(f => f != "kustomization.yaml").Order(),
            kustomization.List("resources").Select(r => $"{r}").Order());
        var images = kustomization.List("images");
        Assert.Equal(Names.Select(n => n.Data).Order(), images.Select(i => i.Text("name")).Order());
        Assert.All(images, i => Assert.EndsWith($"/{i.Text("name")}", i.Text("newName"), StringComparison.Ordinal));
        Assert.All(images, i => Assert.NotEmpty(i.Text("newTag")));
    }

    private static IReadOnlyList<object> Own(string name) => Container(name).Has("env") ? Container(name).List("env") : [];

    private static IEnumerable<Map> OfKind(string kind) => All.Where(d => d.Text("kind") == kind);

    private static object Container(string name) => Assert.Single(Hosts[name].List("spec", "template", "spec", "containers"));
}
