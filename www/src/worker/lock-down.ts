/** What a worker gives away before it touches a stranger's file: all by which it could reach a network, a storage or other tabs. */

const WAYS_OUT = [
  'fetch', 'XMLHttpRequest', 'WebSocket', 'WebSocketStream', 'WebTransport', 'EventSource', 'importScripts', 'FontFace', 'fonts',
  'Worker', 'SharedWorker', 'BroadcastChannel', 'indexedDB', 'caches', 'cookieStore', 'Notification',
];
const OF_THE_NAVIGATOR = ['storage', 'serviceWorker', 'locks', 'storageBuckets', 'gpu', 'usb', 'serial', 'hid', 'bluetooth'];

/** For good: nothing brings them back. What is left, an `import` of another origin or a program made of text, the policy forbids. */
export function lockDown(): void {
  for (const name of WAYS_OUT) shut(self, name);
  for (const name of OF_THE_NAVIGATOR) shut(self.navigator, name);
}

function shut(object: object, name: string): void {
  let holder: object | null = object;
  while (holder !== null) {
    if (Object.hasOwn(holder, name)) Reflect.deleteProperty(holder, name);
    holder = Object.getPrototypeOf(holder) as object | null;
  }
  Object.defineProperty(object, name, { value: undefined, writable: false, configurable: false });
}
