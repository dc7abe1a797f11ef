"""Checks of the text encoder and of the chat models."""

from collections.abc import Iterator

import httpx2

from ai.embedding.errors import EmbeddingError
from ai.embedding.onnx import OnnxEmbedder
from ai.embedding.onnx_files import read_exported
from ai.routing.deployment import Deployment
from ai.routing.errors import ModelsFileError
from ai.routing.models_file import read_models_file
from ai.routing.registry import Registry, read_key
from bootstrap.diagnosis.finding import Finding
from bootstrap.settings import Settings

OPENAI_URL = "https://api.openai.com/v1"
OLLAMA_URL = "http://127.0.0.1:11434/v1"
ANSWER_TIMEOUT_SECONDS = 5.0
OLLAMA_TIMEOUT_SECONDS = 0.5
MODELS_FILE_ADVICE = "Correct that line; docs/models.md and deploy/models.example.toml show how."


def check_encoder(settings: Settings) -> Finding:
    """Whether the encoder is exported and loads."""
    folder = settings.encoder_folder
    if not folder.exists():
        detail = "not prepared yet; the first start does it in some seconds"
        return Finding("text encoder", "ok", detail)
    try:
        OnnxEmbedder(read_exported(folder)).close()
    except EmbeddingError as error:
        advice = f"Delete {folder}; the next start makes it again."
        return Finding("text encoder", "fail", str(error), advice)
    return Finding("text encoder", "ok", f"loads from {folder}")


def check_chat_models(settings: Settings) -> Iterator[Finding]:
    """Whether the models file can be used and its servers answer; else the configured model's."""
    if settings.models_file is None:
        yield check_chat_model(settings)
        return
    try:
        registry = read_models_file(settings.models_file)
    except ModelsFileError as error:
        yield Finding("models file", "fail", str(error), MODELS_FILE_ADVICE)
        return
    yield _sound_file(registry)
    for name, deployment in registry.deployments.items():
        if deployment.is_enabled:
            yield check_deployment(name, deployment)


def check_deployment(name: str, deployment: Deployment) -> Finding:
    """Whether the server of a deployment answers, and offers its model."""
    check = f"chat model {name}"
    if deployment.provider == "azure":
        detail = f"{deployment.base_url} is not asked: Azure lists no deployments under a key"
        return Finding(check, "ok", detail)
    key = read_key(deployment.key) or ""
    try:
        names = list_models(deployment.base_url, key, ANSWER_TIMEOUT_SECONDS)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        advice = "Check its base_url and key. Meanwhile the next deployment of the alias answers."
        return Finding(check, "warn", f"{deployment.base_url} does not serve: {error}", advice)
    # llama.cpp serves the one model it has loaded, whatever it is called.
    if deployment.wire_model not in names and deployment.provider != "llama_cpp":
        advice = f"Set its wire_model to one of: {', '.join(names[:10])}"
        detail = f"{deployment.base_url} answers, but does not list {deployment.wire_model}"
        return Finding(check, "warn", detail, advice)
    return Finding(check, "ok", f"{deployment.wire_model} at {deployment.base_url}")


def check_chat_model(settings: Settings, ollama_url: str = OLLAMA_URL) -> Finding:
    """Whether the configured chat model's server answers; else offers a local Ollama."""
    if settings.uses_built_in_model:
        return _offer_ollama(ollama_url)
    url = settings.openai_base_url or OPENAI_URL
    key = settings.openai_api_key.get_secret_value()
    try:
        names = list_models(url, key, ANSWER_TIMEOUT_SECONDS)
    except (httpx2.HTTPError, httpx2.InvalidURL, ValueError) as error:
        advice = (
            "Check OPENAI_BASE_URL and OPENAI_API_KEY. Meanwhile the built-in grounded model"
            " answers."
        )
        return Finding("chat model", "warn", f"{url} does not serve: {error}", advice)
    if settings.chat_model not in names:
        advice = f"Set NEUROSHIKSHA_CHAT_MODEL to one of: {', '.join(names[:10])}"
        detail = f"{url} answers, but does not list {settings.chat_model}"
        return Finding("chat model", "warn", detail, advice)
    return Finding("chat model", "ok", f"{settings.chat_model} at {url}")


def list_models(base_url: str, key: str, timeout_seconds: float) -> list[str]:
    """The names of the models that an OpenAI-compatible server offers.

    Raises:
        httpx2.HTTPError: when it does not answer, or refuses.
        ValueError: when its answer is not of the protocol.
    """
    headers = {"Authorization": f"Bearer {key}"} if key else {}
    address = f"{base_url.rstrip('/')}/models"
    answer = httpx2.get(address, headers=headers, timeout=timeout_seconds)
    answer.raise_for_status()
    try:
        return [str(model["id"]) for model in answer.json()["data"]]
    except (KeyError, TypeError) as error:
        raise ValueError(f"{address} does not answer as the OpenAI protocol says") from error


def _sound_file(registry: Registry) -> Finding:
    deployments = ", ".join(registry.deployments) or "none"
    aliases = ", ".join(registry.aliases) or "none"
    return Finding("models file", "ok", f"deployments: {deployments}; aliases: {aliases}")


def _offer_ollama(url: str) -> Finding:
    detail = "the built-in grounded model answers; no key and no base URL is set"
    try:
        names = list_models(url, "", OLLAMA_TIMEOUT_SECONDS)
    except (httpx2.HTTPError, ValueError):
        return Finding("chat model", "ok", detail)
    model = names[0] if names else "llama3.2"
    advice = (
        f"A local Ollama runs. To use it: OPENAI_BASE_URL={url}"
        f" NEUROSHIKSHA_CHAT_MODEL={model} make run"
    )
    return Finding("chat model", "ok", detail, advice)
