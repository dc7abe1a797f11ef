import "@fontsource-variable/inter";
import "@fontsource-variable/noto-sans-devanagari";
import "@fontsource-variable/source-serif-4";
import "./tokens.css";
import "./styles/base.css";
import "./styles/entry.css";
import "./styles/courses.css";
import "./styles/chat.css";

import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { BrowserRouter, Outlet, Route, Routes } from "react-router";

import { AccountPage } from "./account/AccountPage";
import { ApiProblem } from "./api/problem";
import { ChatPage } from "./chat/ChatPage";
import { CoursesPage } from "./courses/CoursesPage";
import { CertificatePage } from "./progress/CertificatePage";
import { ForgotPasswordPage } from "./session/ForgotPasswordPage";
import { RegisterPage } from "./session/RegisterPage";
import { ResetPasswordPage } from "./session/ResetPasswordPage";
import { RequireSession, SessionProvider } from "./session/session";
import { SignInPage } from "./session/SignInPage";
import { VerifyEmailPage } from "./session/VerifyEmailPage";
import { ConnectionNotice } from "./shell/ConnectionNotice";
import { NotFoundPage } from "./shell/NotFoundPage";
import { NoticeProvider } from "./shell/Notices";
import { preferredTheme, showTheme } from "./shell/theme";
import { ViewBoundary } from "./shell/ViewBoundary";
import { language } from "./words/words";

// What learners do not need comes in files of its own.
const CourseViews = lazy(() => import("./course/CourseViews"));
const AdminViews = lazy(() => import("./admin/AdminViews"));

document.documentElement.lang = language;
showTheme(preferredTheme());

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
      <ConnectionNotice />
      <SessionProvider>
        <BrowserRouter>
          <Routes>
            <Route path="/sign-in" element={<SignInPage />} />
            <Route path="/register" element={<RegisterPage />} />
            <Route path="/verify-email" element={<VerifyEmailPage />} />
            <Route path="/forgot-password" element={<ForgotPasswordPage />} />
            <Route path="/reset-password" element={<ResetPasswordPage />} />
            <Route path="/certificates/:code" element={<CertificatePage />} />
            <Route element={<RequireSession />}>
              <Route
                element={
                  <NoticeProvider>
                    <ViewBoundary>
                      <Outlet />
                    </ViewBoundary>
                  </NoticeProvider>
                }
              >
                <Route path="/" element={<CoursesPage />} />
                <Route path="/account" element={<AccountPage />} />
                <Route path="/courses/:course" element={<ChatPage />} />
                <Route path="/courses/:course/conversations/:conversation" element={<ChatPage />} />
                <Route path="/courses/:course/*" element={<CourseViews />} />
                <Route path="/admin/*" element={<AdminViews />} />
              </Route>
            </Route>
            <Route path="*" element={<NotFoundPage />} />
          </Routes>
        </BrowserRouter>
      </SessionProvider>
    </QueryClientProvider>
  </StrictMode>,
);
