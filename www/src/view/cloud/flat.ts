/** A point cloud drawn on a flat canvas: while three.js is on its way, and where the browser has no WebGL. */
import { eyeOf, FIELD_OF_VIEW, FIRST_ORBIT, floorRim, held, projection, type Orbit } from './camera';
import { between, cssColour, strengthAt, type PaintedPoints } from './paint';
import { CrispCanvas } from '../shared/canvas';

/** Draws a cloud and lets a pointer turn it. */
export interface CloudRenderer {
  readonly canvas: HTMLCanvasElement;
  /** Called when a pointer has turned the cloud. */
  onOrbit: ((orbit: Orbit) => void) | undefined;
  place(points: Float32Array, floor: number): void;
  paint(painted: PaintedPoints): void;
  look(orbit: Orbit): void;
  letGo(): void;
}

const RADIANS_A_PIXEL = 0.009;
/** Two notches of a usual wheel are a quarter nearer. */
const ZOOM_A_PIXEL = 0.0012;

export class FlatCloud implements CloudRenderer {
  onOrbit: ((orbit: Orbit) => void) | undefined;
  private readonly crisp = new CrispCanvas((context, width, height) => { this.draw(context, width, height); }, 'cloud-canvas');
  private points: Float32Array = new Float32Array();
  private floor = -1;
  private painted: PaintedPoints | undefined;
  private orbit = FIRST_ORBIT;
  private readonly pointers = new Map<number, { x: number; y: number }>();

  constructor() {
    const { canvas } = this;
    canvas.addEventListener('pointerdown', (event) => {
      this.pointers.set(event.pointerId, { x: event.clientX, y: event.clientY });
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener('pointermove', (event) => { this.drag(event); });
    for (const end of ['pointerup', 'pointercancel'] as const) canvas.addEventListener(end, (event) => { this.pointers.delete(event.pointerId); });
    canvas.addEventListener('wheel', (event) => {
      event.preventDefault();
      this.turn({ ...this.orbit, distance: this.orbit.distance * Math.exp(event.deltaY * ZOOM_A_PIXEL) });
    }, { passive: false });
  }

  get canvas(): HTMLCanvasElement {
    return this.crisp.element;
  }

  place(points: Float32Array, floor: number): void {
    this.points = points;
    this.floor = floor;
    this.painted = undefined;
  }

  paint(painted: PaintedPoints): void {
    this.painted = painted;
    this.crisp.redraw();
  }

  look(orbit: Orbit): void {
    this.orbit = orbit;
    this.crisp.redraw();
  }

  letGo(): void {
    this.crisp.letGo();
  }

  /** One pointer turns; two zoom. */
  private drag(event: PointerEvent): void {
    const before = this.pointers.get(event.pointerId);
    if (before === undefined) return;
    const now = { x: event.clientX, y: event.clientY };
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1];
    this.pointers.set(event.pointerId, now);
    const { azimuth, elevation, distance } = this.orbit;
    if (other === undefined) {
      this.turn({ azimuth: azimuth - (now.x - before.x) * RADIANS_A_PIXEL, elevation: elevation + (now.y - before.y) * RADIANS_A_PIXEL, distance });
      return;
    }
    const apart = (point: { x: number; y: number }): number => Math.max(1, Math.hypot(point.x - other.x, point.y - other.y));
    this.turn({ azimuth, elevation, distance: (distance * apart(before)) / apart(now) });
  }

  private turn(orbit: Orbit): void {
    this.look(held(orbit));
    this.onOrbit?.(this.orbit);
  }

  private draw(context: CanvasRenderingContext2D, width: number, height: number): void {
    const { painted, points, orbit } = this;
    if (painted === undefined) return;
    const half = Math.min(width, height) / 2;
    const project = projection(orbit);
    const at = { x: 0, y: 0, away: 0 };
    const seenFromAbove = eyeOf(orbit)[2] >= this.floor;
    if (seenFromAbove) this.drawFloor(context, width, height, half);
    const count = points.length / 3;
    const places = new Float32Array(3 * count);
    for (let i = 0; i < count; i += 1) {
      project(points, i, at);
      places.set([width / 2 + at.x * half, height / 2 - at.y * half, at.away], 3 * i);
    }
    const order = Array.from({ length: count }, (_, i) => i).sort((a, b) => (places[3 * b + 2] ?? 0) - (places[3 * a + 2] ?? 0));
    const lens = half / Math.tan(FIELD_OF_VIEW / 2);
    for (const i of order) {
      const [x = 0, y = 0, away = 1] = places.subarray(3 * i, 3 * i + 3);
      const [red = 0, green = 0, blue = 0] = painted.colours.subarray(3 * i, 3 * i + 3);
      context.fillStyle = cssColour(between(painted.ground, [red, green, blue], strengthAt(away, orbit.distance)));
      context.beginPath();
      context.arc(x, y, Math.max(0.7, ((painted.radii[i] ?? 0) * lens) / away), 0, 2 * Math.PI);
      context.fill();
    }
    if (!seenFromAbove) this.drawFloor(context, width, height, half);
  }

  private drawFloor(context: CanvasRenderingContext2D, width: number, height: number, half: number): void {
    const project = projection(this.orbit);
    const rim = floorRim(this.floor);
    const at = { x: 0, y: 0, away: 0 };
    context.beginPath();
    for (let i = 0; i < rim.length / 3; i += 1) {
      project(rim, i, at);
      context.lineTo(width / 2 + at.x * half, height / 2 - at.y * half);
    }
    context.closePath();
    context.strokeStyle = cssColour(this.painted?.line ?? [0.5, 0.5, 0.5]);
    context.lineWidth = 1;
    context.stroke();
  }
}
