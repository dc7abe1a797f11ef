"""Opens the remote services that the settings name; imported only where one is named."""

from ai.embedding.onnx_files import read_exported
from ai.embedding.tokenization import WordPieceTokenizer
from bootstrap.adapters import ConfigurationError
from bootstrap.settings import Settings
from connectors.embeddings import OpenAICompatibleEmbedder
from connectors.moderation import OpenAICompatibleModerator
from connectors.remote_service import Endpoint
from connectors.reranking import HttpReranker
from connectors.speech import OpenAICompatibleSpeech


def open_remote_embedder(settings: Settings) -> OpenAICompatibleEmbedder:
    """The encoder at the address of the settings; nothing is sent yet.

    Raises:
        EncoderFilesError: the built-in tokenizer, which counts for it, is not there.
    """
    files = read_exported(settings.encoder_folder)
    endpoint = Endpoint(
        "embeddings service",
        settings.embeddings_url,
        settings.embeddings_key.get_secret_value(),
        settings.embeddings_model,
    )
    return OpenAICompatibleEmbedder(
        endpoint,
        settings.embeddings_dimension,
        WordPieceTokenizer(files.tokenizer, files.max_tokens),
        provider=settings.embeddings_provider or None,
    )


def open_reranker(settings: Settings) -> HttpReranker:
    """The reranker at the address of the settings; nothing is sent yet."""
    endpoint = Endpoint(
        "reranker",
        settings.rerank_url,
        settings.rerank_key.get_secret_value(),
        settings.rerank_model,
    )
    return HttpReranker(endpoint, seconds=settings.rerank_timeout_seconds)


def open_moderator(settings: Settings) -> OpenAICompatibleModerator:
    """The moderator at the address of the settings; nothing is sent yet."""
    endpoint = Endpoint(
        "moderation service",
        settings.moderation_url,
        settings.moderation_key.get_secret_value(),
        settings.moderation_model,
    )
    return OpenAICompatibleModerator(endpoint, seconds=settings.moderation_timeout_seconds)


def open_speech(settings: Settings) -> OpenAICompatibleSpeech:
    """The speech service at the address of the settings; nothing is sent yet.

    Raises:
        ConfigurationError: the settings name none.
    """
    if not settings.speech_url:
        message = (
            "NEUROSHIKSHA_SPEECH_URL is empty. Set it to the base URL of an OpenAI-compatible"
            " speech API, such as https://api.openai.com/v1, and NEUROSHIKSHA_SPEECH_KEY to its"
            " key where it needs one."
        )
        raise ConfigurationError(message)
    endpoint = Endpoint(
        "speech service",
        settings.speech_url,
        settings.speech_key.get_secret_value(),
        settings.speech_model,
    )
    return OpenAICompatibleSpeech(endpoint, settings.speech_voice)
