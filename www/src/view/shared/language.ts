/**
 * In the system's language "C.UTF-8" WebKitGTK names its own "C", which `Intl` refuses to count in. uPlot asks it to as soon as it is
 * loaded, so this is imported in front of it.
 */
try {
  Intl.getCanonicalLocales(navigator.language);
} catch {
  Object.defineProperty(navigator, 'language', { value: 'en' });
}

export {};
