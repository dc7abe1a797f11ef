"""Settings of remote services that stand in for built-in parts, or add what there is none of."""

from typing import Annotated, Literal

from pydantic import AliasChoices, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

RemoteAddress = Annotated[str, Field(pattern=r"^(https?://[^\s/]+.*)?$")]
Seconds = Annotated[float, Field(gt=0)]
LARGEST_DIMENSION = 4000
"""An HNSW index over `halfvec` takes no more. Source: pgvector README, "Half-Precision Vectors"."""


def named(name: str) -> AliasChoices:
    """The name of a setting in the environment."""
    return AliasChoices(name)


class RemoteServiceSettings(BaseSettings):
    """Where the remote services are; none is needed.

    Raises:
        pydantic.ValidationError: on an address without what its service needs.
    """

    embeddings_url: RemoteAddress = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_EMBEDDINGS_URL"),
        description="Base URL of an OpenAI-compatible embeddings API, such as"
        " https://api.openai.com/v1. Empty: the built-in encoder.",
    )
    embeddings_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("NEUROSHIKSHA_EMBEDDINGS_KEY"),
        description="Key for the embeddings API, where it needs one.",
    )
    embeddings_model: str = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_EMBEDDINGS_MODEL"),
        description="Name of the embedding model there. Needed with its URL.",
    )
    embeddings_dimension: int = Field(
        default=0,
        ge=0,
        le=LARGEST_DIMENSION,
        validation_alias=named("NEUROSHIKSHA_EMBEDDINGS_DIMENSION"),
        description="Components of that model's vectors, 4000 at most. Needed with its URL.",
    )
    embeddings_provider: str = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_EMBEDDINGS_PROVIDER"),
        description="Names the vector space together with model and dimension. Empty: the host of"
        " the URL. Set it to the old host where the same model moves to another.",
    )

    rerank_url: RemoteAddress = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_RERANK_URL"),
        description="Base URL of a rerank API, such as https://api.jina.ai/v1; POST /rerank comes"
        " after it. Empty: passages stay in the order of retrieval.",
    )
    rerank_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("NEUROSHIKSHA_RERANK_KEY"),
        description="Key for the rerank API, where it needs one.",
    )
    rerank_model: str = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_RERANK_MODEL"),
        description="Name of the reranking model there. Empty sends none.",
    )
    rerank_candidates: int = Field(
        default=20,
        ge=2,
        le=50,
        validation_alias=named("NEUROSHIKSHA_RERANK_CANDIDATES"),
        description="Passages that the reranker reads for a question.",
    )
    rerank_timeout_seconds: Seconds = Field(
        default=1.0,
        le=30,
        validation_alias=named("NEUROSHIKSHA_RERANK_TIMEOUT_SECONDS"),
        description="How long a question waits for the reranker before it goes on without.",
    )

    moderation_url: RemoteAddress = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_MODERATION_URL"),
        description="Base URL of an OpenAI-compatible moderation API; POST /moderations comes after"
        " it. Questions it flags are not answered. Empty: nothing is judged.",
    )
    moderation_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("NEUROSHIKSHA_MODERATION_KEY"),
        description="Key for the moderation API, where it needs one.",
    )
    moderation_model: str = Field(
        default="omni-moderation-latest",
        validation_alias=named("NEUROSHIKSHA_MODERATION_MODEL"),
        description="Name of the moderation model there. Empty sends none.",
    )
    moderation_timeout_seconds: Seconds = Field(
        default=2.0,
        le=30,
        validation_alias=named("NEUROSHIKSHA_MODERATION_TIMEOUT_SECONDS"),
        description="How long a question, or an answer, waits for its judgement.",
    )
    moderation_answers: bool = Field(
        default=False,
        validation_alias=named("NEUROSHIKSHA_MODERATION_ANSWERS"),
        description="Whether answers are judged too; they are then shown once they are whole.",
    )
    moderation_without_service: Literal["open", "closed"] = Field(
        default="open",
        validation_alias=named("NEUROSHIKSHA_MODERATION_WITHOUT_SERVICE"),
        description="While the moderation API is away: open: nothing is judged; closed: nothing is"
        " answered.",
    )

    speech_url: RemoteAddress = Field(
        default="",
        validation_alias=named("NEUROSHIKSHA_SPEECH_URL"),
        description="Base URL of an OpenAI-compatible speech API; POST /audio/speech comes after"
        " it. Empty: videos have the built-in voice, and nothing else is read aloud.",
    )
    speech_key: SecretStr = Field(
        default=SecretStr(""),
        validation_alias=named("NEUROSHIKSHA_SPEECH_KEY"),
        description="Key for the speech API, where it needs one.",
    )
    speech_model: str = Field(
        default="tts-1",
        validation_alias=named("NEUROSHIKSHA_SPEECH_MODEL"),
        description="Name of the speech model there.",
    )
    speech_voice: str = Field(
        default="alloy",
        validation_alias=named("NEUROSHIKSHA_SPEECH_VOICE"),
        description="Voice that reads.",
    )
    speech_stand_in: bool = Field(
        default=False,
        validation_alias=named("NEUROSHIKSHA_SPEECH_STAND_IN"),
        description="Whether the built-in voice speaks those scenes of a video that the speech"
        " service failed to; otherwise the video fails, and goes on from there when tried again.",
    )

    @model_validator(mode="after")
    def _require_what_an_embedder_needs(self) -> "RemoteServiceSettings":
        if self.embeddings_url and not (self.embeddings_model and self.embeddings_dimension):
            message = (
                "NEUROSHIKSHA_EMBEDDINGS_URL is set, so NEUROSHIKSHA_EMBEDDINGS_MODEL and"
                " NEUROSHIKSHA_EMBEDDINGS_DIMENSION must be too: the model's name and the number"
                " of components of its vectors."
            )
            raise ValueError(message)
        return self
