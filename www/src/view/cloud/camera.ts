/** Where a point cloud is looked at from, and how it then falls onto a flat picture. */

/** A viewpoint that turns about the cloud's middle; z is up. Angles in radians. */
export interface Orbit {
  /** About the up axis, counterclockwise from above; 0 looks from the front, which is -y. */
  readonly azimuth: number;
  /** Over the floor. */
  readonly elevation: number;
  /** From the middle of the unit ball. */
  readonly distance: number;
}

/** Full opening of the view from top to bottom. */
export const FIELD_OF_VIEW = (34 * Math.PI) / 180;

/** From above and a little to the right of the front, the whole ball in sight. */
export const FIRST_ORBIT: Orbit = { azimuth: 0.62, elevation: 0.32, distance: 3.7 };

const NEAREST = 1.3;
const FARTHEST = 7;
const STEEPEST = Math.PI / 2 - 0.02;

export const DISTANCES: readonly [number, number] = [NEAREST, FARTHEST];

/** An orbit within what can be looked from. */
export function held({ azimuth, elevation, distance }: Orbit): Orbit {
  return {
    azimuth: Math.atan2(Math.sin(azimuth), Math.cos(azimuth)),
    elevation: Math.min(STEEPEST, Math.max(-STEEPEST, elevation)),
    distance: Math.min(FARTHEST, Math.max(NEAREST, distance)),
  };
}

/** Where the eye is. */
export function eyeOf({ azimuth, elevation, distance }: Orbit): readonly [number, number, number] {
  const flat = distance * Math.cos(elevation);
  return [flat * Math.sin(azimuth), -flat * Math.cos(azimuth), distance * Math.sin(elevation)];
}

/** The orbit of an eye. */
export function orbitOf(x: number, y: number, z: number): Orbit {
  return { azimuth: Math.atan2(x, -y), elevation: Math.atan2(z, Math.hypot(x, y)), distance: Math.hypot(x, y, z) };
}

/** Writes where a point falls: right and up in units of half the picture's height, and its distance from the eye. */
export type Project = (points: ArrayLike<number>, i: number, to: { x: number; y: number; away: number }) => void;

export function projection(orbit: Orbit): Project {
  const { distance } = orbit;
  const [sa, ca] = [Math.sin(orbit.azimuth), Math.cos(orbit.azimuth)];
  const [se, ce] = [Math.sin(orbit.elevation), Math.cos(orbit.elevation)];
  const lens = 1 / Math.tan(FIELD_OF_VIEW / 2);
  return (points, i, to) => {
    const [x = 0, y = 0, z = 0] = [points[3 * i], points[3 * i + 1], points[3 * i + 2]];
    const away = Math.max(0.05, distance - (ce * sa * x - ce * ca * y + se * z));
    to.x = (lens * (ca * x + sa * y)) / away;
    to.y = (lens * (-se * sa * x + se * ca * y + ce * z)) / away;
    to.away = away;
  };
}

/** The rim of the floor that a cloud stands on, as points. */
export function floorRim(height: number, radius = 0.62, corners = 64): Float32Array {
  const rim = new Float32Array(3 * corners);
  for (let i = 0; i < corners; i += 1) {
    const angle = (2 * Math.PI * i) / corners;
    rim.set([radius * Math.cos(angle), radius * Math.sin(angle), height], 3 * i);
  }
  return rim;
}
