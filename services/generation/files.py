"""The files that belong to what a job has written: a video with its captions, printed slides."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from content.kinds import RENDERED, ContentKind
from content.slides import Storyboard
from publishing.names import file_stem
from publishing.video.rendering import RenderedVideo, render
from publishing.video.speech import Speech
from services.authoring.assets import AssetService
from services.authoring.renditions import Original, Renditions, new_asset
from services.generation.progress import PartialProgress
from services.job_running import JobNotice, JobResult
from storage.database import Database, Scope
from storage.repositories.assets import StoredAsset
from storage.repositories.contents import ContentsRepository
from storage.repositories.job_values import ClaimedJob
from storage.repositories.stored_content import ContentHead

SLIDE_FORMATS = ("pdf", "pptx")
VIDEO_FILES: Mapping[str, tuple[str, str]] = {
    "video": ("mp4", "video/mp4"),
    "captions_vtt": ("vtt", "text/vtt; charset=utf-8"),
    "captions_srt": ("srt", "application/x-subrip; charset=utf-8"),
    "chapters": ("chapters.vtt", "text/vtt; charset=utf-8"),
    "poster": ("png", "image/png"),
    "transcript": ("transcript.md", "text/markdown; charset=utf-8"),
    "timing": ("timing.json", "application/json"),
}
"""What rendering gives, by name: suffix and media type."""


class JobFiles:
    """Makes the files of a job's content and keeps them as assets."""

    def __init__(
        self,
        database: Database,
        assets: AssetService,
        renditions: Renditions,
        scenes_folder: Path,
        speech: Speech,
        stand_in: Speech | None,
    ) -> None:
        """Takes what the files are made with.

        Args:
            database: Where the content is.
            assets: Keeps them.
            renditions: Makes those of a format.
            scenes_folder: Keeps scenes of videos that were rendered before.
            speech: Speaks videos.
            stand_in: Speaks what `speech` failed to; None where the video fails instead.
        """
        self._database = database
        self._assets = assets
        self._renditions = renditions
        self._scenes_folder = scenes_folder
        self._speech = speech
        self._stand_in = stand_in

    async def make(
        self,
        job: ClaimedJob,
        scope: Scope,
        head: ContentHead,
        version: int,
        progress: PartialProgress,
    ) -> JobResult:
        """The files of a version; none for most kinds.

        Raises:
            PublishingError: They cannot be made; scenes that were finished are kept.
        """
        result = JobResult(job.kind.value, str(head.id))
        if head.kind not in RENDERED:
            return result
        async with self._database.transaction(scope) as session:
            stored = await ContentsRepository(session).version(head.id, version)
        original = Original(scope, job.course_id, head.kind, stored)
        if head.kind is ContentKind.SLIDES:
            made = [await self._renditions.make(original, each) for each in SLIDE_FORMATS]
            return replace(result, assets=tuple(one.asset.as_json for one in made))
        return await self._video(original, progress, result)

    async def _video(
        self, original: Original, progress: PartialProgress, result: JobResult
    ) -> JobResult:
        board = original.value
        assert isinstance(board, Storyboard)  # noqa: S101 - what a video is kept as
        found = await self._found(original)
        if found:
            return replace(result, assets=found)
        with tempfile.TemporaryDirectory(prefix="neuroshiksha-video-") as scratch:
            rendered = await render(
                board,
                Path(scratch),
                self._scenes_folder,
                self._speech,
                progress.set,
                stand_in=self._stand_in,
            )
            assets = await self._kept(original, rendered)
        told = tuple(asset.as_json for asset in assets)
        notices = tuple(JobNotice("in_the_file", warning) for warning in rendered.warnings)
        return replace(result, assets=told, notices=notices)

    async def _found(self, original: Original) -> tuple[Mapping[str, Any], ...]:
        """What an earlier run has kept, if it was all."""
        found = []
        for name in VIDEO_FILES:
            key = _key(original, name)
            opened = await self._assets.find(original.scope, original.course_id, key)
            if opened is None:
                return ()
            found.append(opened.asset.as_json)
        return tuple(found)

    async def _kept(self, original: Original, rendered: RenderedVideo) -> list[StoredAsset]:
        stem = file_stem(original.version.title)
        kept = []
        for name, (suffix, media_type) in VIDEO_FILES.items():
            new = new_asset(
                original, _key(original, name), f"{stem}.{suffix}", media_type, is_derived=False
            )
            path: Path = getattr(rendered, name)
            kept.append(await self._assets.keep(original.scope, new, path))
        return kept


def _key(original: Original, name: str) -> str:
    version = original.version
    return f"video/{version.content_id}/{version.number}/{name}"
