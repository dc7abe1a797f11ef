import "@fontsource-variable/inter";
import "@fontsource-variable/source-serif-4";
import "katex/dist/katex.min.css";
import "./tokens.css";
import "./page.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter, Route, Routes } from "react-router";

import { ApiProblem } from "./api/problem";
import { ChatPage } from "./chat/ChatPage";
import { CoursesPage } from "./courses/CoursesPage";
import { RequireSession, SessionProvider } from "./session/session";
import { SignInPage } from "./session/SignInPage";
import { NotFoundPage } from "./shell/NotFoundPage";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 30_000,
      retry: (failures, error) =>
        failures < 3 && !(error instanceof ApiProblem && error.status < 500),
    },
  },
});

const root = document.getElementById("root");
if (root === null) throw new Error("index.html holds no #root");

createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queries}>
      <SessionProvider>
        <BrowserRouter>
          <Routes>
            <Route path="/sign-in" element={<SignInPage />} />
            <Route element={<RequireSession />}>
              <Route path="/" element={<CoursesPage />} />
              <Route path="/courses/:course" element={<ChatPage />} />
              <Route path="/courses/:course/conversations/:conversation" element={<ChatPage />} />
            </Route>
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </BrowserRouter>
      </SessionProvider>
    </QueryClientProvider>
  </StrictMode>,
);
