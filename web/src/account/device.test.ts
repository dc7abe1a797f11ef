import { expect, test } from "vitest";

import { deviceName } from "./device";

test("browsers are named with their system", () => {
  const chrome =
    "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Safari/537.36";
  const phone =
    "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Mobile Safari/604.1";

  expect(deviceName(chrome)).toBe("Chrome on Linux");
  expect(deviceName(`${chrome} Edg/142.0`)).toBe("Edge on Linux");
  expect(deviceName(phone)).toBe("Safari on iOS");
});

test("tools are named as they name themselves", () => {
  expect(deviceName("python-httpx2/2.16.2")).toBe("python-httpx2/2.16.2");
  expect(deviceName("curl/8.0 (x)")).toBe("curl/8.0");
  expect(deviceName("")).toBe("Unknown device");
});
