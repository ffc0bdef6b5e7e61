"""The images: fetched where they are missing, and the exporter's built where its source changed."""

from eventdeck.stack.engine import ask
from eventdeck.stack.fingerprint import source
from eventdeck.stack.project import Project
from eventdeck.stack.say import say

_BUILT = '{{index .Config.Labels "eventdeck.source"}}'


def missing(project: Project) -> list[str]:
    """Return the services whose image is not on this machine; the exporter's is never fetched."""
    values = project.settings.values
    services = ("prometheus", "alertmanager", "loki", "promtail", "grafana")
    return [name for name in services if not _here(values[f"{name.upper()}_IMAGE"])]


def prepare(project: Project) -> bool:
    """Fetch and build what is needed; whether all is there. It tells what it does."""
    fetch = missing(project)
    if fetch:
        say(f"fetching the images of {', '.join(fetch)}, once:")
        if project.show("pull", *fetch) != 0:
            say(
                "The images cannot be fetched; what Docker said stands above. Without a way to the "
                "registry: `docker load` them, or name your own in .env (PROMETHEUS_IMAGE …)."
            )
            return False
    return _built(project) or _build(project)


def _here(image: str) -> bool:
    return ask(["docker", "image", "inspect", "--format", "{{.Id}}", image]).ok


def _built(project: Project) -> bool:
    image = project.settings.values["EXPORTER_IMAGE"]
    label = ask(["docker", "image", "inspect", "--format", _BUILT, image])
    return label.ok and label.out.strip() == source(project.settings.place)


def _build(project: Project) -> bool:
    say("building the exporter's image …")
    done = project.run("build", "exporter")
    if done.ok:
        ask(["docker", "image", "prune", "--force", "--filter", "label=eventdeck.source"])
        return True
    base = project.settings.values["PYTHON_IMAGE"]
    lines = (done.out + done.err).strip().splitlines()[-15:]
    say("\n".join(lines))
    say(
        f"The exporter's image cannot be built; what Docker said stands above. It needs {base} and "
        "a package index; PYTHON_IMAGE in .env names another base."
    )
    return False
