"""`neuroshiksha openapi`: the OpenAPI document, for client generators."""

from pathlib import Path
from typing import Annotated

import orjson
import typer

from api.app import create_app
from bootstrap.settings import Settings


def openapi_command(
    out: Annotated[Path | None, typer.Option(help="File to write; left out: the terminal.")] = None,
) -> None:
    """Print the OpenAPI document of this version; needs no server."""
    # model_construct: the document depends on no setting, so none is read from the environment
    document = create_app(settings=Settings.model_construct()).openapi()
    text = orjson.dumps(document, option=orjson.OPT_INDENT_2 | orjson.OPT_APPEND_NEWLINE)
    if out is None:
        typer.echo(text.decode(), nl=False)
    else:
        out.write_bytes(text)
