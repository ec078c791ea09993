"""N services for each tool, as its users write them: once, and repeated by the tool where it can."""

from pathlib import Path

_IMAGE = "registry.example/worker:1"


def helm(folder: Path, size: int) -> None:
    """A chart whose template goes over a list of values."""
    (folder / "templates").mkdir()
    (folder / "Chart.yaml").write_text("apiVersion: v2\nname: bench\nversion: 0.1.0\n")
    (folder / "values.yaml").write_text(
        f"image: {_IMAGE}\nservices:\n" + "".join(f"  - {{name: {name}}}\n" for name in _names(size))
    )
    (folder / "templates" / "all.yaml").write_text(
        "{{- range .Values.services }}\n---\n"
        + _objects("{{ .name }}", "{{ $.Values.image }}")
        + "{{- end }}\n"
    )


def kustomize(folder: Path, size: int) -> None:
    """Plain objects, and a label that is put on all of them."""
    (folder / "all.yaml").write_text("---\n".join(_objects(name, _IMAGE) for name in _names(size)))
    (folder / "kustomization.yaml").write_text("resources: [all.yaml]\nlabels:\n  - pairs: {site: bench}\n")


def pkl(folder: Path, size: int) -> None:
    """Plain objects without the Kubernetes package, which would be read too."""
    (folder / "main.pkl").write_text(
        f'local names = IntSeq(0, {size - 1}).toList().map((n) -> "service-\\(n)")\n'
        "output {\n  renderer = new YamlRenderer { isStream = true }\n"
        "  value = names.flatMap((each) -> List(\n"
        '    new Dynamic { apiVersion = "apps/v1"; kind = "Deployment"; metadata { name = each }\n'
        "      spec { replicas = 1; selector { matchLabels { app = each } }\n"
        "        template { metadata { labels { app = each } }\n"
        f'          spec {{ containers {{ new {{ name = each; image = "{_IMAGE}"\n'
        "            ports { new { containerPort = 8080 } } } } } } } },\n"
        '    new Dynamic { apiVersion = "v1"; kind = "Service"; metadata { name = each }\n'
        "      spec { selector { app = each }; ports { new { port = 8080 } } } }\n  ))\n}\n"
    )


def kcl(folder: Path, size: int) -> None:
    """Two lambdas over a range, given out as a stream."""
    (folder / "main.k").write_text(
        "import manifests\n"
        "deployment = lambda name: str {\n"
        '    {apiVersion = "apps/v1", kind = "Deployment", metadata.name = name, spec = {\n'
        "        replicas = 1, selector.matchLabels.app = name, template = {\n"
        "            metadata.labels.app = name\n"
        f'            spec.containers = [{{name = name, image = "{_IMAGE}", '
        "ports = [{containerPort = 8080}]}]}}}\n}\n"
        "service = lambda name: str {\n"
        '    {apiVersion = "v1", kind = "Service", metadata.name = name, spec = {\n'
        "        selector.app = name, ports = [{port = 8080}]}}\n}\n"
        f'names = ["service-${{n}}" for n in range({size})]\n'
        "manifests.yaml_stream([deployment(each) for each in names] + [service(each) for each in names])\n"
    )


def cdk8s(folder: Path, size: int) -> None:
    """A chart in JavaScript, which needs no compiler, printed and not written to dist."""
    (folder / "main.js").write_text(
        "const { App, Chart, ApiObject, Yaml } = require('cdk8s');\n"
        "const chart = new Chart(new App(), 'bench');\n"
        f"for (let n = 0; n < {size}; n++) {{\n"
        "  const name = `service-${n}`, labels = { app: name };\n"
        "  new ApiObject(chart, `d-${n}`, { apiVersion: 'apps/v1', kind: 'Deployment', metadata: { name },\n"
        "    spec: { replicas: 1, selector: { matchLabels: labels }, template: { metadata: { labels },\n"
        f"      spec: {{ containers: [{{ name, image: '{_IMAGE}',\n"
        "        ports: [{ containerPort: 8080 }] }] } } } });\n"
        "  new ApiObject(chart, `s-${n}`, { apiVersion: 'v1', kind: 'Service', metadata: { name },\n"
        "    spec: { selector: labels, ports: [{ port: 8080 }] } });\n"
        "}\n"
        "process.stdout.write(Yaml.stringify(...chart.toJson()));\n"
    )


def _names(size: int) -> list[str]:
    return [f"service-{number}" for number in range(size)]


def _objects(name: str, image: str) -> str:
    return (
        f"apiVersion: apps/v1\nkind: Deployment\nmetadata: {{name: {name}}}\n"
        f"spec:\n  replicas: 1\n  selector: {{matchLabels: {{app: {name}}}}}\n"
        f"  template:\n    metadata: {{labels: {{app: {name}}}}}\n"
        f"    spec:\n      containers:\n        - name: {name}\n          image: {image}\n"
        f"          ports: [{{containerPort: 8080}}]\n"
        f"---\napiVersion: v1\nkind: Service\nmetadata: {{name: {name}}}\n"
        f"spec:\n  selector: {{app: {name}}}\n  ports: [{{port: 8080}}]\n"
    )
