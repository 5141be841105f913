// Turns messages in this browser on and off. Without it the page works as it is.
"use strict";
(() => {
  const box = document.getElementById("push");
  const form = box.querySelector("form"), stop = box.querySelector("[data-stop]");
  const show = (said) => box.querySelectorAll("[data-say]").forEach((p) => { p.hidden = p.dataset.say !== said; });
  const bytes = (s) => Uint8Array.from(atob(s.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));
  const ours = bytes(box.dataset.key);
  const isOurs = (sub) => {
    const theirs = new Uint8Array(sub.options.applicationServerKey || []);
    return theirs.length === ours.length && theirs.every((b, i) => b === ours[i]);
  };
  const tell = async (sub, what, more) => {
    const keys = sub.toJSON().keys;
    const body = new URLSearchParams({ do: what, endpoint: sub.endpoint, p256dh: keys.p256dh, auth: keys.auth, ...more });
    const answer = await fetch(box.dataset.at, { method: "POST", body, credentials: "omit" });
    if (!answer.ok && !(what === "off" && answer.status === 404)) throw new Error(String(answer.status));
  };
  const known = async () => {
    const worker = await navigator.serviceWorker.getRegistration(box.dataset.scope);
    return worker ? worker.pushManager.getSubscription() : null;
  };
  if (!("serviceWorker" in navigator && "PushManager" in window && "Notification" in window)) {
    return; // what the page says without us is right
  }
  form.hidden = false;
  show("");
  known().then((sub) => {
    if (sub && isOurs(sub)) {
      show("on");
      stop.hidden = false;
    }
  }, () => {});
  form.addEventListener("submit", async (e) => {
    e.preventDefault();
    const button = form.querySelector("button");
    button.disabled = true;
    try {
      if (await Notification.requestPermission() !== "granted") {
        show("blocked");
        return;
      }
      await navigator.serviceWorker.register(box.dataset.worker, { scope: box.dataset.scope });
      const worker = await navigator.serviceWorker.ready;
      let sub = await worker.pushManager.getSubscription();
      if (sub && !isOurs(sub)) {
        await sub.unsubscribe();
        sub = null;
      }
      sub = sub || await worker.pushManager.subscribe({ userVisibleOnly: true, applicationServerKey: ours });
      const field = (name) => (form.elements[name] ? form.elements[name].value : "");
      await tell(sub, "on", { lang: field("lang"), area: field("area") });
      show("on");
      stop.hidden = false;
    } catch {
      show("failed");
    } finally {
      button.disabled = false;
    }
  });
  stop.addEventListener("click", async () => {
    try {
      const sub = await known();
      if (sub) {
        try {
          await tell(sub, "off", {});
        } finally {
          await sub.unsubscribe(); // its address is then dead, whatever the office has heard
        }
      }
      show("off");
      stop.hidden = true;
    } catch {
      show("failed");
    }
  });
})();
