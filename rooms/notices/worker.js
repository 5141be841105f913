// Shows what the office sends to this browser. What is newer of a notice takes the place of what is older.
"use strict";
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (e) => e.waitUntil(self.clients.claim()));

self.addEventListener("push", (e) => {
  let said = {};
  try {
    said = e.data.json();
  } catch {
    said = {};
  }
  e.waitUntil(self.registration.showNotification(said.title || self.location.host, {
    body: said.line || "", lang: said.lang || "", dir: said.dir || "auto", tag: said.tag || "notice", renotify: true, data: { url: said.url || "/p" },
  }));
});

self.addEventListener("notificationclick", (e) => {
  e.notification.close();
  let to = new URL("/p", self.location.origin);
  try {
    const asked = new URL(e.notification.data.url, self.location.origin);
    to = new URL(asked.pathname + asked.search, self.location.origin); // never to another site
  } catch {
    // the front page then
  }
  e.waitUntil((async () => {
    for (const page of await self.clients.matchAll({ type: "window" })) {
      if (new URL(page.url).pathname === to.pathname) {
        return page.focus();
      }
    }
    return self.clients.openWindow(to.href);
  })());
});

// A browser may give itself another address: the office learns it, and forgets the old one.
self.addEventListener("pushsubscriptionchange", (e) => {
  const old = e.oldSubscription;
  if (!old) {
    return;
  }
  e.waitUntil((async () => {
    const sub = e.newSubscription || await self.registration.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: old.options.applicationServerKey });
    const keys = sub.toJSON().keys;
    await fetch("/p/en/push", { method: "POST", credentials: "omit", body: new URLSearchParams({ do: "on", endpoint: sub.endpoint, p256dh: keys.p256dh, auth: keys.auth, was: old.endpoint }) });
  })());
});
