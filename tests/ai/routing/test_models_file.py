from pathlib import Path

import pytest

from ai.routing.errors import ModelsFileError, RegistryError
from ai.routing.models_file import read_models_file
from ai.routing.registry import read_key

EXAMPLE = Path(__file__).parents[3] / "deploy" / "models.example.toml"
GOOD = """\
[deployments.small]
provider = "ollama"
base_url = "http://127.0.0.1:11434/v1"
wire_model = "llama3.2"

[aliases.tutor]
deployments = ["small"]
"""


def written(folder: Path, text: str) -> Path:
    path = folder / "models.toml"
    path.write_text(text, encoding="utf-8")
    return path


def test_the_example_is_a_models_file(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("OPENAI", "AZURE_OPENAI", "OPENROUTER"):
        monkeypatch.setenv(f"{name}_API_KEY", "secret")

    registry = read_models_file(EXAMPLE)

    providers = {deployment.provider for deployment in registry.deployments.values()}
    assert providers == {"openai", "azure", "ollama", "vllm", "llama_cpp", "openrouter"}
    assert set(registry.aliases) == {"tutor", "writer", "judge", "speech"}
    assert "secret" not in repr(registry)


def test_names_lead_to_deployments(tmp_path: Path) -> None:
    registry = read_models_file(written(tmp_path, GOOD))

    assert registry.behind("tutor") == ("small",)
    assert registry.behind("writer") == ("small",)
    assert registry.behind("small") == ("small",)
    assert registry.behind("unknown") is None


@pytest.mark.parametrize(
    ("added", "line", "field", "why"),
    [
        ("[deployments.small.price]\ninput = -1", 9, "deployments.small.price.input", "greater"),
        ("[deployments.small.price]\noutput = inf", 9, "deployments.small.price.output", "finite"),
        ('[deployments.b]\nprovider = "nobody"', 9, "deployments.b.provider", "Input should be"),
        ("[deployments.small.limits]\nattempts = 0", 9, "deployments.small.limits.attempts", "1"),
        ('[deployments.small.oops]\nx = 1', 8, "deployments.small.oops", "not permitted"),
        ('[aliases.judge]\ndeployments = ["none"]', 9, "aliases.judge.deployments", "There is no"),
        (
            '[aliases.a]\ndeployments = ["b"]\n[aliases.b]\ndeployments = ["a"]',
            9, "aliases.a.deployments", "a → b → a",
        ),
        ('[aliases.small]\ndeployments = ["tutor"]', 8, "aliases.small", "deployment already"),
    ],
)  # fmt: skip
def test_a_broken_file_names_line_and_field(
    tmp_path: Path, added: str, line: int, field: str, why: str
) -> None:
    path = written(tmp_path, GOOD + added + "\n")

    with pytest.raises(ModelsFileError) as caught:
        read_models_file(path)

    assert str(caught.value).startswith(f"{path}, line {line}, {field}: ")
    assert why in str(caught.value)
    assert caught.value.field == field


def test_a_missing_key_is_told_with_its_reference(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("\n\n", '\nkey = "env:NOBODY_API_KEY"\n\n', 1))

    with pytest.raises(ModelsFileError, match=r"line 5, deployments\.small\.key: .*NOBODY_API_KEY"):
        read_models_file(path)


def test_a_key_itself_is_refused_where_a_reference_belongs(tmp_path: Path) -> None:
    path = written(tmp_path, GOOD.replace("\n\n", '\nkey = "sk-abcdef"\n\n', 1))

    with pytest.raises(ModelsFileError, match=r"line 5, deployments\.small\.key"):
        read_models_file(path)


def test_what_is_not_toml_is_told_with_its_line(tmp_path: Path) -> None:
    path = written(tmp_path, "[deployments.a]\nprovider = \n")

    with pytest.raises(ModelsFileError, match="line 2: not valid TOML"):
        read_models_file(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(ModelsFileError, match="cannot be read"):
        read_models_file(tmp_path / "none.toml")


def test_a_key_is_read_from_the_environment_or_a_file(tmp_path: Path) -> None:
    file = tmp_path / "key"
    file.write_text("sk-file\n")

    assert read_key("env:X_API_KEY", {"X_API_KEY": "sk-env"}) == "sk-env"
    assert read_key(f"file:{file}") == "sk-file"
    assert read_key(None) is None
    with pytest.raises(RegistryError, match="cannot be read"):
        read_key("file:/nowhere/key")
