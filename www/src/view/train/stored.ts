/** What stands on the stage until the page's own network does: looks at a run that was stored when the page was built, one after the other. */
import { STORED_RUN } from '../../../../pkg/stored-run.mjs';
import type { StageFrame } from '../stage/frame';

/** How long a look is shown: a loop at the usual speed. */
const LOOK_MS = 2500;

export interface StoredLook {
  readonly frame: StageFrame;
  readonly words: string;
}

const LOOKS: readonly StoredLook[] = STORED_RUN.looks.map(({ step, probe }) => ({
  frame: {
    probe: {
      ...probe, pixels: Float32Array.from(probe.pixels), evidence: Float32Array.from(probe.evidence),
      layers: probe.layers.map(({ name, shape, spikes }) => (
        { name, shape: [...shape], spikes: Float32Array.from(spikes), potentials: new Float32Array(), decay: 0 })),
    },
    layers: STORED_RUN.layers, kind: STORED_RUN.kind, network: STORED_RUN.network, classes: STORED_RUN.classes, chosen: undefined,
  },
  words: `A stored run on tiny digits, after ${step === 0 ? 'no training at all' : `${step} training steps`}. Your own network is being set up.`,
}));

/** Plays the looks until it is stopped, from the untrained network to the trained one and again; under reduced motion the last stands. */
export function playStored(show: (look: StoredLook) => void): () => void {
  let at = 0;
  const next = (): void => {
    const look = LOOKS[at % LOOKS.length];
    at += 1;
    if (look !== undefined) show(look);
  };
  if (matchMedia('(prefers-reduced-motion: reduce)').matches) {
    at = LOOKS.length - 1;
    next();
    return () => undefined;
  }
  next();
  const timer = setInterval(next, LOOK_MS);
  return () => { clearInterval(timer); };
}
