import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";

import { api, body } from "../api/client";

/** Hosts that answers may link to, besides this service; none until the server has said. */
export function useLinkHosts(): ReadonlySet<string> {
  const options = useQuery({
    queryKey: ["auth-options"],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: () => body(api.GET("/api/v1/auth/options")),
  });
  const hosts = options.data?.link_hosts;
  return useMemo(() => new Set(hosts ?? []), [hosts]);
}
