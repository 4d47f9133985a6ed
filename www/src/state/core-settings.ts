/**
 * What the core says of settings and of the data sets that ship: written beside its types when it is built, so that no
 * bound, default or size stands in the page a second time.
 */
import { SETTINGS, type RangeName } from '../../../pkg/settings.mjs';
import type { DataFacts, NetworkKind, SessionConfig, ShippedData } from '../worker/protocol';

/** The first run. */
export const DEFAULT_CONFIG: SessionConfig = SETTINGS.defaults;

export interface Range {
  readonly min: number;
  readonly max: number;
  readonly integer: boolean;
}

/** What a setting may be, both ends included. */
export function rangeOf(name: RangeName): Range {
  const { low, high, whole } = SETTINGS.ranges[name];
  return { min: low, max: high, integer: whole };
}

export interface Depth {
  readonly least: number;
  readonly most: number;
}

/** Settings that a running network takes. */
export const LIVE: ReadonlySet<keyof SessionConfig> = new Set(SETTINGS.live);
/** Those among them that it takes no switching on or off of; at their default they are off. */
export const SWITCHES: ReadonlySet<keyof SessionConfig> = new Set(SETTINGS.switches);

/** Changes that a run can have on its way, and steps that it can take. */
export const MOST_CHANGES: number = SETTINGS.mostChanges;
export const MOST_STEPS: number = SETTINGS.mostSteps;
/** The longest side that the core reads photographs at, and that of an image which it takes for a drawing. */
export const PHOTO_SIDE: number = SETTINGS.photoSide;
export const DRAWING_SIDE: number = SETTINGS.drawingSide;
/** Held-out samples on which the core counts spikes, at most. */
export const COUNTED: number = SETTINGS.counted;
/** Stands for an answer that has not been asked for yet. */
export const NOT_ASKED: number = SETTINGS.notAsked;
/** Picojoules an operation, by each model that the energy of an inference is estimated by. */
export const ENERGY = SETTINGS.energy;
export type EnergyModel = typeof ENERGY.nm45;

/** Layers or stages that `widths` may name, by the shape of the network. */
export const DEPTHS: Readonly<Record<NetworkKind, Depth>> = SETTINGS.depths;
/** Layers behind a PointNet's maximum. */
export const HEAD_DEPTH: Depth = SETTINGS.headDepth;
/** Data sets that ship. */
export const SHIPPED: Readonly<Record<ShippedData, DataFacts>> = SETTINGS.data;
