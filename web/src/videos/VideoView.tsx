import { useQuery } from "@tanstack/react-query";
import { useRef, useState } from "react";

import { api, body } from "../api/client";
import { useOpenedContent } from "../content/ContentPage";
import { fileEnding } from "../content/files";
import type { SlideDeck } from "../content/values";
import { Loading } from "../shell/Loading";
import { Problem } from "../shell/Problem";
import { SlidesText } from "../slides/SlidesText";
import { t } from "../words/words";
import { cueAt, type Timing } from "./timing";
import { RenderButton } from "./RenderButton";
import { Transcript } from "./Transcript";
import { useWatching } from "./useWatching";

const asset = (file: { id: string }) => `/api/v1/assets/${file.id}`;

/** A video to watch, with chapters and what is said beside it; its scenes where it is not rendered. */
export function VideoView() {
  const { state, canEdit } = useOpenedContent();
  const files = useQuery({
    queryKey: ["assets", state.id],
    queryFn: () =>
      body(
        api.GET("/api/v1/{collection}/{content_id}/assets", {
          params: { path: { collection: "videos", content_id: state.id } },
        }),
      ),
  });
  if (files.isError) return <Problem error={files.error} onRetry={() => void files.refetch()} />;
  if (files.data === undefined) return <Loading what={t("the video")} />;
  const video = fileEnding(files.data.items, ".mp4");
  const deck = state.content as unknown as SlideDeck;
  if (video === undefined) {
    return (
      <>
        <p className="notice">
          {t("This version has not been rendered; these are its scenes.")}
        </p>
        {canEdit && <RenderButton videoId={state.id} />}
        <SlidesText deck={deck} />
      </>
    );
  }
  return (
    <>
      {video.version !== state.version && (
        <p className="notice">
          {t("The scenes have been edited since this was rendered (version {version}).", {
            version: video.version,
          })}
        </p>
      )}
      <Player
        videoId={state.id}
        files={files.data.items}
        address={asset(video)}
        language={deck.language}
      />
    </>
  );
}

interface PlayerProps {
  videoId: string;
  files: readonly { id: string; name: string; version: number }[];
  address: string;
  language: string;
}

function Player({ videoId, files, address, language }: PlayerProps) {
  const watched = useWatching(videoId);
  const player = useRef<HTMLVideoElement>(null);
  const [said, setSaid] = useState<number | null>(null);
  const captions = fileEnding(files, ".vtt");
  const chapters = fileEnding(files, ".chapters.vtt");
  const poster = fileEnding(files, ".png");
  const timing = useTiming(fileEnding(files, ".timing.json"));

  function seek(seconds: number) {
    const video = player.current;
    if (video === null) return;
    video.currentTime = seconds;
    void video.play().catch(() => {
      // A browser that does not let it play by itself leaves the button for it.
    });
  }

  return (
    <div className="watching">
      <video
        ref={player}
        controls
        preload="metadata"
        src={address}
        {...(poster === undefined ? {} : { poster: asset(poster) })}
        onPause={() => watched.end()}
        onTimeUpdate={({ currentTarget }) => {
          watched.at(currentTarget);
          if (timing.data !== undefined) setSaid(cueAt(timing.data, currentTarget.currentTime));
        }}
      >
        {captions !== undefined && (
          <track
            kind="captions"
            src={asset(captions)}
            srcLang={language}
            label={t("Captions")}
            default
          />
        )}
        {chapters !== undefined && (
          <track kind="chapters" src={asset(chapters)} srcLang={language} label={t("Chapters")} />
        )}
      </video>
      {timing.data !== undefined && <Transcript timing={timing.data} said={said} onSeek={seek} />}
    </div>
  );
}

/** The times of what is said, which the page alone has a use for. */
function useTiming(file: { id: string } | undefined) {
  return useQuery({
    queryKey: ["timing", file?.id],
    enabled: file !== undefined,
    queryFn: async () => {
      const response = await fetch(asset(file as { id: string }));
      if (!response.ok) throw new Error(`The times of the video: ${response.status}`);
      return (await response.json()) as Timing;
    },
  });
}
