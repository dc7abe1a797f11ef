"""The manifests of deploy/kubernetes: valid for Kubernetes, and true to the service."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import kubernetes_validate
import pytest
import yaml

from jobs.queue import MAINTENANCE_QUEUE, QUEUE_OF, QUEUES
from tests.deploy.edge import CHECKOUT

FOLDER = CHECKOUT / "deploy" / "kubernetes"
OUTSIDE = {"ScaledObject", "Kustomization", "Component"}
"""Kinds that Kubernetes itself does not know."""


def documents(*folders: str) -> list[dict[str, Any]]:
    paths = [path for folder in folders for path in sorted((FOLDER / folder).glob("*.yaml"))]
    return [document for path in paths for document in yaml.safe_load_all(path.read_text())]


BASE = documents("base")
WORKING = [document for document in BASE if document["kind"] in {"Deployment", "Job"}]
SCALED = [d for d in documents("components/keda") if d["kind"] == "ScaledObject"]


def name_of(document: dict[str, Any]) -> str:
    return f"{document['kind']} {document.get('metadata', {}).get('name', '')}"


def pod_of(document: dict[str, Any]) -> dict[str, Any]:
    pod: dict[str, Any] = document["spec"]["template"]["spec"]
    return pod


def containers_of(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from pod_of(document).get("initContainers", [])
    yield from pod_of(document)["containers"]


@pytest.mark.parametrize("document", [d for d in BASE if d["kind"] not in OUTSIDE], ids=name_of)
def test_kubernetes_knows_every_field(document: dict[str, Any]) -> None:
    kubernetes_validate.validate(document, kubernetes_validate.latest_version(), strict=True)


def test_kustomize_puts_them_together() -> None:
    program = shutil.which("kubectl")
    if program is None:
        pytest.skip("kubectl is not installed")
    made = subprocess.run(
        [program, "kustomize", FOLDER / "overlays" / "example"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stderr
    rendered = list(yaml.safe_load_all(made.stdout))

    for document in rendered:
        if document["kind"] not in OUTSIDE:
            kubernetes_validate.validate(
                document, kubernetes_validate.latest_version(), strict=True
            )
        assert document["metadata"]["namespace"] == "neuroshiksha"
    policy = next(d for d in rendered if d["kind"] == "NetworkPolicy")
    wanted = policy["spec"]["podSelector"]["matchLabels"].items()
    for document in rendered:
        if document["kind"] in {"Deployment", "Job"}:
            assert wanted <= document["spec"]["template"]["metadata"]["labels"].items()
            for container in containers_of(document):
                assert container["image"] == "registry.example.edu/neuroshiksha:0.1.0"


def test_every_file_is_taken_in() -> None:
    for kustomization in FOLDER.rglob("kustomization.yaml"):
        named = set(yaml.safe_load(kustomization.read_text())["resources"])
        others = {path.name for path in kustomization.parent.glob("*.yaml")}
        assert {name for name in named if ".." not in name} == others - {"kustomization.yaml"}
        assert all((kustomization.parent / name).exists() for name in named)


@pytest.mark.parametrize("document", WORKING, ids=name_of)
def test_no_pod_has_rights_it_does_not_need(document: dict[str, Any]) -> None:
    pod = pod_of(document)

    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"] == {"type": "RuntimeDefault"}
    assert pod["automountServiceAccountToken"] is False
    for container in containers_of(document):
        security = container["securityContext"]
        assert security["readOnlyRootFilesystem"] is True
        assert security["allowPrivilegeEscalation"] is False
        assert security["capabilities"] == {"drop": ["ALL"]}
        assert "memory" in container["resources"]["limits"]
        assert "env" not in container or "SECRET" not in str(container["env"])


@pytest.mark.parametrize("document", WORKING, ids=name_of)
def test_every_volume_that_is_mounted_is_there(document: dict[str, Any]) -> None:
    there = {volume["name"] for volume in pod_of(document)["volumes"]}

    for container in containers_of(document):
        assert {mount["name"] for mount in container["volumeMounts"]} == there


def test_the_pods_run_commands_that_there_are() -> None:
    from cli.main import COMMANDS

    commands = {container["args"][1] for d in WORKING for container in containers_of(d)}

    assert commands == {"serve", "worker", "beat", "db"}
    assert commands <= COMMANDS.keys()


def test_the_workers_work_off_every_queue_between_them() -> None:
    arguments = [container["args"] for d in WORKING for container in containers_of(d)]
    queues = [args[args.index("--queues") + 1] for args in arguments if args[1] == "worker"]

    assert sorted(queues) == sorted(QUEUES)


def test_workers_are_scaled_by_the_jobs_of_their_own_queue() -> None:
    deployments = {document["metadata"]["name"] for document in WORKING}
    scaled = {}
    for document in SCALED:
        target = document["spec"]["scaleTargetRef"]["name"]
        query = document["spec"]["triggers"][0]["metadata"]["query"]
        scaled[target.removeprefix("worker-")] = set(
            re.search(r'kind=~"([^"]+)"', query)[1].split("|")
        )
        assert target in deployments
        assert document["spec"]["minReplicaCount"] <= document["spec"]["fallback"]["replicas"]

    assert scaled == {
        queue: {kind.value for kind, of in QUEUE_OF.items() if of == queue}
        for queue in QUEUES
        if queue != MAINTENANCE_QUEUE
    }


def test_every_deployment_of_several_may_lose_one_at_a_time() -> None:
    budgets = [document["spec"] for document in BASE if document["kind"] == "PodDisruptionBudget"]
    for document in WORKING:
        if document["kind"] == "Deployment" and document["metadata"]["name"] != "beat":
            labels = document["spec"]["template"]["metadata"]["labels"].items()
            assert any(budget["selector"]["matchLabels"].items() <= labels for budget in budgets)


def test_the_probes_ask_what_the_service_answers() -> None:
    api = next(d for d in WORKING if d["metadata"]["name"] == "api")
    container = pod_of(api)["containers"][0]

    asked = {name: container[name]["httpGet"]["path"] for name in container if "Probe" in name}

    assert asked == {
        "startupProbe": "/health/live",
        "livenessProbe": "/health/live",
        "readinessProbe": "/health/ready",
    }


def test_settings_of_the_overlay_are_settings() -> None:
    from bootstrap.secret_files import SECRETS_FOLDER
    from tests.docs.test_docs import setting_names

    base = (FOLDER / "base" / "settings.env").read_text().split()
    overlay: list[str] = yaml.safe_load(
        Path(FOLDER / "overlays" / "example" / "kustomization.yaml").read_text()
    )["configMapGenerator"][0]["literals"]

    names = {line.partition("=")[0] for line in [*base, *overlay]}

    assert names <= {*setting_names(), SECRETS_FOLDER}
