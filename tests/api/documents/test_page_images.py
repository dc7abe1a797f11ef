"""Page images over HTTP: whose they are, how they are named, and when there is none."""

import io
from pathlib import Path

import httpx2
import typst
from PIL import Image

from tests.support.material import Shelf
from tests.support.service import Person


async def bring_in_pdf(client: httpx2.AsyncClient, shelf: Shelf, tmp_path: Path) -> dict:
    """A course with one PDF and one text; gives a search hit in the PDF."""
    source = tmp_path / "kites.typ"
    source.write_text("= Kites\nA kite rises when the wind blows.")
    typst.compile(str(source), output=str(shelf.folder / "kites.pdf"))
    shelf.write({"stones.md": "# Stones\n\nA stone falls whatever the weather."})
    await shelf.ingest()
    return await hit_on(client, shelf, "When does a kite rise?")


async def hit_on(client: httpx2.AsyncClient, shelf: Shelf, question: str) -> dict:
    found = await client.get(
        f"/courses/{shelf.slug}/search", params={"q": question}, headers=shelf.teacher.headers
    )
    hit: dict = found.json()["hits"][0]
    return hit


async def test_a_cited_page_is_a_picture_that_is_sent_once(
    client: httpx2.AsyncClient, shelf: Shelf, tmp_path: Path
):
    hit = await bring_in_pdf(client, shelf, tmp_path)
    address = f"/documents/{hit['document_id']}/pages/{hit['locator']['page']}.png"
    query = {"highlight": hit["chunk_id"], "scale": 1}

    first = await client.get(address, params=query, headers=shelf.teacher.headers)
    tag = {"If-None-Match": first.headers["etag"]}
    again = await client.get(address, params=query, headers=shelf.teacher.headers | tag)
    unmarked = await client.get(address, params={"scale": 1}, headers=shelf.teacher.headers)

    assert first.status_code == 200, first.text
    assert first.headers["content-type"] == "image/png"
    assert first.headers["cache-control"] == "private, no-cache"
    assert Image.open(io.BytesIO(first.content)).size == (596, 842)
    assert (again.status_code, again.content) == (304, b"")
    assert unmarked.headers["etag"] != first.headers["etag"]
    assert unmarked.content != first.content


async def test_what_has_no_picture_says_why(
    client: httpx2.AsyncClient, shelf: Shelf, tmp_path: Path
):
    hit = await bring_in_pdf(client, shelf, tmp_path)
    text = await hit_on(client, shelf, "What does a stone do?")
    headers = shelf.teacher.headers

    beyond = await client.get(f"/documents/{hit['document_id']}/pages/7.png", headers=headers)
    no_pdf = await client.get(f"/documents/{text['document_id']}/pages/1.png", headers=headers)
    foreign = await client.get(
        f"/documents/{hit['document_id']}/pages/1.png",
        params={"highlight": text["chunk_id"]},
        headers=headers,
    )

    assert (beyond.status_code, beyond.json()["code"]) == (404, "no_page_image")
    assert "no page 7; the document has 1" in beyond.json()["detail"]
    assert (no_pdf.status_code, no_pdf.json()["code"]) == (404, "no_page_image")
    assert "text/markdown" in no_pdf.json()["detail"]
    assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found")


async def test_a_page_is_as_private_as_its_document(
    client: httpx2.AsyncClient, shelf: Shelf, tmp_path: Path, student: Person
):
    hit = await bring_in_pdf(client, shelf, tmp_path)
    address = f"/documents/{hit['document_id']}/pages/1.png"

    nobody = await client.get(address)
    stranger = await client.get(address, headers=student.headers)

    assert nobody.status_code == 401
    assert (stranger.status_code, stranger.json()["code"]) == (404, "not_found")


async def test_all_chunks_of_a_passage_are_marked(
    client: httpx2.AsyncClient, shelf: Shelf, tmp_path: Path
):
    rising = "A kite rises when the wind blows, and it falls when the wind has died down. " * 9
    string = "The string of a kite is made of cotton, and children hold it in both hands. " * 9
    source = tmp_path / "kites.typ"
    source.write_text(f"#set page(width: 30cm)\n= Kites\n{rising}\n\n{string}")
    typst.compile(str(source), output=str(shelf.folder / "kites.pdf"))
    await shelf.ingest()
    hit = await hit_on(client, shelf, "When does a kite rise?")
    address = f"/documents/{hit['document_id']}/pages/{hit['locator']['page']}.png"

    async def marked_pixels(*chunk_ids: int) -> int:
        picture = await client.get(
            address, params={"highlight": chunk_ids, "scale": 1}, headers=shelf.teacher.headers
        )
        assert picture.status_code == 200, picture.text
        image = Image.open(io.BytesIO(picture.content)).convert("RGB")
        counts = {colour: count for count, colour in image.getcolors(1 << 20) or ()}
        return counts.get((255, 232, 130), 0)

    first, second = hit["chunk_ids"]
    both = await marked_pixels(first, second)
    assert both > await marked_pixels(first) > 0
    assert both > await marked_pixels(second) > 0
